import type { Fraction, Seconds } from "@partitune/schema";

/** Mean power above the power limit by more than this factor cannot be: limits are kept on average, and meters are 5 % off at worst. */
export const mostPowerFactor = 1.2;

/** The counter and the integral may differ by this much under load. */
export const mostPowerDisagreement: Fraction = 0.05;

/** What a window may lose at its ends before it is too short. */
export const mostWindowError: Fraction = 0.02;

/** Period of the energy counter and of the power sensor where it could not be found from the readings, as it is on most cards. */
export const usualUpdateSeconds: Seconds = 0.1;

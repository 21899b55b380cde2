import type { FleetPlan } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { digest, planId } from "../../planId.ts";
import { shellQuote } from "../../shellQuote.ts";
import type { FleetTarget } from "./fleetBundle.ts";
import type { FleetCard } from "./fleetCards.ts";
import { tenantCommand } from "./tenantCommand.ts";

/** Shell variables by name. */
export type Variables = Readonly<Record<string, string | number>>;

/**
 * The plan as shell text: variables, and functions `card_N`, `piece_N` and `tenant_N` that set those of one of them, and `engine_N` that calls the
 * command given to it with the program and arguments of tenant N. Cards, pieces and tenants are counted through the whole plan. Every value is one
 * quoted word, and no value stands in a comment, so none can be taken for shell syntax.
 */
export function writeFleetValues(
  plan: FleetPlan,
  cards: readonly FleetCard[],
  target: FleetTarget,
  options: EmitOptions,
): string {
  const functions: string[] = [];
  const numbers = { piece: 0, tenant: 0 };
  for (const [c, card] of cards.entries()) {
    const pieces = card.pieces.map((piece) => {
      const n = numbers.piece++;
      functions.push(define(`piece_${n}`, { piece_id: piece.id, ...target.pieceVariables(piece, card) }));
      for (const tenant of piece.tenants) {
        const { words, refusal } = tenantCommand(plan, tenant, options);
        const t = numbers.tenant++;
        functions.push(
          define(`tenant_${t}`, {
            tenant_id: tenant.id,
            piece: n,
            piece_card: c,
            processes: tenant.processes,
            batch: tenant.batch,
            max_delay_s: tenant.maxDelaySeconds,
            no_engine: refusal,
            ...target.tenantVariables(tenant, piece),
          }),
          `engine_${t}() {\n  "$@" \\\n    ${words.map(shellQuote).join(" \\\n    ")}\n}\n`,
        );
      }
      return n;
    });
    functions.push(
      define(`card_${c}`, {
        card_id: card.id,
        gpu: card.gpu,
        card_pieces: pieces.join(" "),
        ...target.cardVariables(card),
      }),
    );
  }
  const body = [
    assign({
      target: target.name,
      plan_name: options.name,
      plan_id: planId(options.name),
      home: options.home,
      directory: options.directory,
      ready_timeout_s: Math.ceil(options.readyTimeoutSeconds ?? 120),
      cards: cards.map((_, c) => c).join(" "),
      tenants: Array.from({ length: numbers.tenant }, (_, t) => t).join(" "),
      ...target.variables,
    }),
    ...functions,
  ].join("\n");
  return `${head}\nplan_digest=${shellQuote(digest(body))}\n${body}`;
}

const head =
  "# shellcheck shell=sh disable=SC1003,SC2016,SC2034\n# What this plan puts where. Generated: emit the plan anew instead of editing.\n";

function define(name: string, variables: Variables): string {
  return `${name}() {\n${assign(variables, "  ")}}\n`;
}

function assign(variables: Variables, margin = ""): string {
  return Object.entries(variables)
    .map(([variable, value]) => `${margin}${variable}=${shellQuote(String(value))}\n`)
    .join("");
}

export { describeInput as digestInput } from "@partitune/schema";

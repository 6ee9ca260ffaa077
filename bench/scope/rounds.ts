export { inRounds, type Contestant, type Figures, type Measured, type RoundOptions } from "../rounds.ts";

import { test } from "vitest";

import { blocksOf, judgeBlock } from "./judge-block.ts";

test.each(blocksOf(1))("no answer is false, looser or tighter than contracts allow: seeds %i–%i", judgeBlock);

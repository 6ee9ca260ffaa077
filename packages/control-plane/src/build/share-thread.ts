import { parentPort } from "node:worker_threads";
import { ShareAnswers, type Question } from "./share-questions.ts";

/** Answers questions about one share of a directory, in their order. */
const answers = new ShareAnswers();

parentPort?.on("message", (question: Question) => {
  parentPort?.postMessage(answers.answer(question));
});

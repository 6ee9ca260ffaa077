import { Population } from "../population/population.ts";
import { loadPopulation } from "./load-population.ts";
import { overturePlace } from "./overture-place.ts";

const [drillFolder = "", accounts = "", seed = ""] = process.argv.slice(2);
const population = new Population({ accounts: Number(accounts), seed: Number(seed) });
loadPopulation(population, overturePlace(drillFolder), Date.now());

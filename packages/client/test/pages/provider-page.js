/* global location */
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature, ProviderEvents } from "@openfeature/web-sdk";

/** A page that knows nothing of Cordon: any OpenFeature application. */
const seen = { ready: 0, changed: 0, errors: 0 };
OpenFeature.addHandler(ProviderEvents.Ready, () => (seen.ready += 1));
OpenFeature.addHandler(ProviderEvents.ConfigurationChanged, () => (seen.changed += 1));
OpenFeature.addHandler(ProviderEvents.Error, () => (seen.errors += 1));

const provider = new OFREPWebProvider({ baseUrl: location.origin, pollInterval: 50 });
await OpenFeature.setContext({ targetingKey: "ada", platform: "web" });
await OpenFeature.setProviderAndWait(provider);
const client = OpenFeature.getClient();

Object.assign(globalThis, {
  look: () => ({
    directives: client.getObjectValue("cordon.directives", { directives: "default" }),
    offlineEpoch: client.getNumberValue("cordon.offline-epoch", -1),
    status: client.providerStatus,
    ...seen,
  }),
});

import { useState } from "preact/hooks";

import type {
  ChangePassword,
  DevicesAnswer,
  KeysAnswer,
  NewApiKey,
  NewApiKeyAnswer,
  NewRecoveryCodes,
  RecoveryCodesLeft,
  SignOut,
} from "../../src/api/session-api.ts";
import { Title, Whole } from "../parts/page-state.tsx";
import { post, send } from "../state/api.ts";
import { forgetAnswers, useLoad } from "../state/load.ts";
import { session, signOut } from "../state/session.ts";
import { useStore } from "../state/store.ts";
import { tell } from "../state/told.ts";
import { counted, dateWords } from "../state/words.ts";

function failed(error: unknown): void {
  tell(error instanceof Error ? error.message : "That did not work");
}

const platformWords: Readonly<Record<string, string>> = {
  web: "Browser",
  android: "Android",
  ios: "iPhone or iPad",
  desktop: "Desktop",
  "windows-phone": "Windows Phone",
};

function Devices() {
  const [devices, again] = useLoad<DevicesAnswer>("/api/devices");
  const end = async (id: string) => {
    await send("DELETE", `/api/devices/${encodeURIComponent(id)}`).catch(failed);
    again();
  };
  const leave = async (which: SignOut["which"]) => {
    try {
      await signOut(which);
      forgetAnswers();
      if (which === "others") tell("All other devices are signed out");
    } catch (error) {
      failed(error);
    }
    if (which === "others") again();
  };
  return (
    <section>
      <h2>Devices</h2>
      <Whole of={devices} again={again}>
        {(answer) => (
          <ul class="plain rows">
            {answer.devices.map((device) => (
              <li key={device.id} class="row">
                <span>
                  <b>{platformWords[device.platform] ?? device.platform}</b>
                  {device.version !== "" && ` ${device.version}`}
                  {device.current && <span class="tag">this one</span>}
                  {device.hasOffline && <span class="tag">offline copies</span>}
                </span>
                <span>{device.signedIn ? `seen ${dateWords(device.lastSeen)}` : "signed out"}</span>
                {device.signedIn && !device.current && (
                  <button type="button" class="button is-soft" onClick={() => void end(device.id)}>
                    Sign it out
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Whole>
      <p class="actions">
        <button type="button" class="button" onClick={() => void leave("this")}>
          Sign out here
        </button>
        <button type="button" class="button is-soft" onClick={() => void leave("others")}>
          Sign out all others
        </button>
        <button type="button" class="button is-soft" onClick={() => void leave("all")}>
          Sign out everywhere
        </button>
      </p>
      <p class="fine">Signing out here also removes the offline playlists of this browser.</p>
    </section>
  );
}

function Password() {
  const [password, setPassword] = useState("");
  const [newPassword, setNewPassword] = useState("");
  const change = async (event: Event) => {
    event.preventDefault();
    try {
      const body: ChangePassword = { password, newPassword };
      await send("POST", "/api/password", body);
      setPassword("");
      setNewPassword("");
      tell("Your new password counts. All other devices are signed out.");
    } catch (error) {
      failed(error);
    }
  };
  return (
    <section>
      <h2>Password</h2>
      <form class="row-form" onSubmit={(event) => void change(event)}>
        <label class="field">
          <span>Password until now</span>
          <input
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>New password, 8 letters or more</span>
          <input
            type="password"
            autocomplete="new-password"
            required
            minLength={8}
            value={newPassword}
            onInput={(event) => setNewPassword(event.currentTarget.value)}
          />
        </label>
        <button class="button">Change it</button>
      </form>
    </section>
  );
}

function Keys() {
  const [keys, again] = useLoad<KeysAnswer>("/api/keys");
  const [name, setName] = useState("");
  const [made, setMade] = useState<NewApiKeyAnswer | null>(null);
  const create = async (event: Event) => {
    event.preventDefault();
    try {
      const body: NewApiKey = { name: name.trim() };
      setMade(await post<NewApiKeyAnswer>("/api/keys", body));
      setName("");
      again();
    } catch (error) {
      failed(error);
    }
  };
  const end = async (id: string) => {
    await send("DELETE", `/api/keys/${encodeURIComponent(id)}`).catch(failed);
    again();
  };
  return (
    <section>
      <h2>Keys for other apps</h2>
      <p class="fine">
        Apps that speak OpenSubsonic sign in with a key of their own, never with your password.
      </p>
      {made !== null && (
        <p class="notice" role="status">
          The key of <b>{made.name}</b>, shown this once: <code class="key">{made.key}</code>
        </p>
      )}
      <Whole of={keys} again={again}>
        {(answer) => (
          <ul class="plain rows">
            {answer.keys.map((key) => (
              <li key={key.id} class="row">
                <b>{key.name}</b>
                <span>{key.lastUsedAt === null ? "never used" : `used ${dateWords(key.lastUsedAt)}`}</span>
                <button type="button" class="button is-soft" onClick={() => void end(key.id)}>
                  Withdraw
                </button>
              </li>
            ))}
          </ul>
        )}
      </Whole>
      <form class="row-form" onSubmit={(event) => void create(event)}>
        <label class="field">
          <span>A key for</span>
          <input
            required
            maxLength={80}
            placeholder="the app's name"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <button class="button is-soft">Make a key</button>
      </form>
    </section>
  );
}

function Codes() {
  const [left, again] = useLoad<RecoveryCodesLeft>("/api/recovery-codes");
  const [codes, setCodes] = useState<readonly string[]>([]);
  const make = async () => {
    try {
      setCodes((await post<NewRecoveryCodes>("/api/recovery-codes")).codes);
      again();
    } catch (error) {
      failed(error);
    }
  };
  return (
    <section>
      <h2>A way back in</h2>
      <p>
        For the day when both the password and the mail address are gone: codes to keep on paper.{" "}
        {left.kind === "here" && `You have ${counted(left.answer.left, "code")} left.`}
      </p>
      {codes.length > 0 && (
        <ul class="plain codes" aria-label="New recovery codes">
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ul>
      )}
      <p class="actions">
        <button type="button" class="button is-soft" onClick={() => void make()}>
          Make new codes
        </button>
      </p>
    </section>
  );
}

export function AccountView() {
  const email = useStore(session, (value) => (value.kind === "in" ? value.email : ""));
  return (
    <>
      <Title>Account</Title>
      <p class="under-title">
        {email} · <a href="#/safety">Was I affected?</a>
      </p>
      <Devices />
      <Password />
      <Codes />
      <Keys />
    </>
  );
}

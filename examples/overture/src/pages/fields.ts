import { escapeHtml } from "./page.ts";

/** Fields of Overture's own forms. Each has its label, and a name that password stores know. */
export const emailField = (value = "") =>
  `<p><label>E-mail address <input name="username" type="email" autocomplete="username" required autofocus value="${escapeHtml(value)}"></label></p>`;

export const passwordField =
  '<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>';

export const newPasswordField =
  '<p><label>New password, 8 signs or more <input name="newPassword" type="password" autocomplete="new-password" minlength="8" maxlength="1024" required></label></p>';

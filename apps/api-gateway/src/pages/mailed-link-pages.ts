import { pageOf } from './layout';

interface MailedLink {
  readonly title: string;
  readonly lead: string;
  readonly route: string;
  readonly field?: string;
  /** When the route answers `password-required`. */
  readonly passwordNeeded?: string;
  readonly button: string;
  readonly done: string;
  readonly badToken: string;
}

const passwordField =
  '<label>New password, at least 12 characters<input type="password" name="password" minlength="12" maxlength="256" autocomplete="new-password" required></label>';

const links = {
  'verify-email': {
    title: 'Confirm your e-mail address',
    lead: 'One click shows that this address is yours.',
    route: '/v1/auth/verify',
    field: `<fieldset hidden disabled>${passwordField}</fieldset>`,
    passwordNeeded:
      'This address has administrator rights here. Choose the password of its account and press the button again. The old password, all sessions and all API keys end.',
    button: 'Confirm this address',
    done: 'Thank you, your address is confirmed. Sign in again to go on.',
    badToken:
      'This link has been used already or is too old. Sign in: if your address still is not confirmed, ask for a new password, which confirms it too.',
  },
  'reset-password': {
    title: 'Choose a new password',
    lead: 'All sessions and API keys of your account end when you set it.',
    route: '/v1/auth/password/reset',
    field: passwordField,
    button: 'Set this password',
    done: 'Your new password is set. Sign in with it.',
    badToken: 'This link has been used already or is older than an hour. Ask for a new one.',
  },
  'confirm-subscription': {
    title: 'Receive notifications?',
    lead: 'A StockTool user wants notifications about analyses and prices to be sent to your address.',
    route: '/v1/subscriptions/confirm',
    button: 'Yes, send them here',
    done: 'Done: notifications will come to your address. Every mail has a link that stops them.',
    badToken: 'This link is older than a day, or the subscription has been deleted. Nothing will be sent to you.',
  },
} as const satisfies Record<string, MailedLink>;

export type MailedLinkName = keyof typeof links;

/**
 * The token comes in the fragment, which browsers send to nobody, and is used by a click: scanners open links and may even
 * run scripts. One text for all pages, so that the policy can name its hash.
 */
export const mailedLinkScript = `
const form = document.forms[0];
const button = form.querySelector('button');
const field = form.elements.password;
const asked = form.querySelector('fieldset');
const note = document.querySelector('[role=status]');
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const say = (text) => { note.textContent = text; };
if (!token) {
  button.disabled = true;
  say('This link is not whole. Open it again from the mail, or copy all of it.');
}
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  say('One moment, please.');
  const password = field && !field.matches(':disabled') ? field.value : undefined;
  const body = JSON.stringify({ token, password });
  const headers = { 'content-type': 'application/json' };
  try {
    const response = await fetch(form.action, { method: 'POST', headers, body });
    if (response.ok) {
      form.hidden = true;
      history.replaceState(null, '', location.pathname);
      return say(form.dataset.done);
    }
    const problem = await response.json().catch(() => ({}));
    if (problem.type === '/problems/password-required' && asked) {
      asked.hidden = asked.disabled = button.disabled = false;
      field.focus();
      return say(form.dataset.passwordNeeded);
    }
    const final = problem.type === '/problems/bad-token';
    button.disabled = final;
    if (final) say(form.dataset.badToken);
    else if (response.status === 429) say('Too many tries. Wait a minute and press the button again.');
    else say((problem.errors && problem.errors[0] && problem.errors[0].message) || problem.detail || 'It did not work. Try again in a moment.');
  } catch {
    button.disabled = false;
    say('We cannot be reached just now. Check your connection and press the button again.');
  }
});
`;

/** What a mailed link leads to: a page that uses its token when asked to. */
export function mailedLinkPage(name: MailedLinkName): string {
  const link: MailedLink = links[name];
  return pageOf({
    title: link.title,
    lead: link.lead,
    body: `<form method="post" action="${link.route}" data-done="${link.done}" data-bad-token="${link.badToken}" data-password-needed="${link.passwordNeeded ?? ''}">
${link.field ?? ''}<button>${link.button}</button>
</form>
<p role="status"></p>
<noscript><p>This page needs JavaScript. Without it, send the token of the mail with <code>POST ${link.route}</code>.</p></noscript>`,
    script: mailedLinkScript,
  });
}

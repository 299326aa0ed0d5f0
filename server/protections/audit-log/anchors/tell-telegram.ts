/**
 * A head goes as a message into a Telegram chat (Bot API, sendMessage). It holds no entry of the log. The bot’s token stands in the address
 * of the request, as the API wants it; so the address is neither logged nor told in an error.
 */
import type { AnchorSettingsValue } from '#contract';
import { askOutside } from '#outside';
import type { Outcome } from './outcome.ts';

const botApi = 'https://api.telegram.org';

export async function tellTelegram(
  { address, token, chat }: NonNullable<AnchorSettingsValue['telegram']>,
  text: string,
  now: () => Date,
): Promise<Outcome> {
  const answer = await askOutside(`${address ?? botApi}/bot${token}/sendMessage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: chat, text, link_preview_options: { is_disabled: true } }),
  });
  if (answer === 'unreachable') return { problem: 'unreachable' };
  if (answer.status >= 500 || answer.status === 429) return { problem: 'unreachable' };
  if (answer.status !== 200) return { problem: 'refused' };
  // Attack: something in between says “yes” and delivers nothing, or something else.
  return isDelivered(answer.bytes, text, chat) ? { at: now(), stamp: null } : { problem: 'answer_wrong' };
}

function isDelivered(bytes: Buffer, text: string, chat: string): boolean {
  try {
    const { ok, result } = JSON.parse(bytes.toString('utf8'));
    const isThere = `${result.chat.id}` === chat || (chat.startsWith('@') && `@${result.chat.username}` === chat);
    return ok === true && result.text.trim() === text.trim() && isThere;
  } catch {
    return false;
  }
}

/** `123456:ABC…`, as the father of bots gives it. */
export const isBotToken = (text: string): boolean => /^\d{3,20}:[A-Za-z0-9_-]{20,120}$/.test(text);
export const isChat = (text: string): boolean => /^(-?\d{1,20}|@[A-Za-z0-9_]{3,32})$/.test(text);

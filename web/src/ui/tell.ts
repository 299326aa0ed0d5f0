/** Short messages in the corner. Their look is loaded with the first one. */
type Message = { text: string; kind: 'done' | 'problem' };

let show: ((message: Message) => void) | undefined;
const waiting: Message[] = [];
let call: () => void = () => undefined;

/** The host says how to load itself, and then how to show. */
export function onFirstMessage(load: () => void): void {
  call = load;
}

export function showMessagesWith(shower: (message: Message) => void): void {
  show = shower;
  for (const message of waiting.splice(0)) shower(message);
}

function tell(message: Message): void {
  if (show !== undefined) return show(message);
  waiting.push(message);
  call();
}

export function tellDone(text: string): void {
  tell({ text, kind: 'done' });
}

export function tellProblem(text: string): void {
  tell({ text, kind: 'problem' });
}

/** Names the page in the browser’s tab; never with a client’s name, which would stay in the history. */
import { useEffect } from 'react';

export function titleOf(title: string): void {
  document.title = `${title} · Lubart`;
}

export function useTitle(title: string): void {
  useEffect(() => titleOf(title), [title]);
}

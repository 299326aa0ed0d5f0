/** What is given piece by piece, begun: whatever cannot be given at all is thrown here, before the first byte leaves. */
export async function beginPieces(pieces: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const rest = pieces[Symbol.asyncIterator]();
  const first = await rest.next();
  return withFirst(first, rest);
}

async function* withFirst(first: IteratorResult<Uint8Array>, rest: AsyncIterator<Uint8Array>) {
  try {
    for (let piece = first; piece.done !== true; piece = await rest.next()) yield piece.value;
  } finally {
    await rest.return?.();
  }
}

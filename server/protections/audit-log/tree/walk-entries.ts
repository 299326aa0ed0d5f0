/** All entries of a log in their order, in pieces, some of them on their way while one is looked at. */
import type { Database } from '#database';
import { systemReach } from '#protections/encryption';
import type { Piece, Room } from './read-piece.ts';
import { readPiece } from './read-piece.ts';

const placesPerPiece = 4_096;
export const piecesAhead = 3;

/** Entries at places below `end`, as far as there is no gap of a whole piece. `spare`: rooms that nobody needs any more. */
export async function* walkEntries(
  database: Database,
  organizationId: string,
  end: number,
  spare: Room[] = [],
): AsyncGenerator<Piece> {
  const ahead: Promise<Piece>[] = [];
  for (let from = 0; from < end || ahead.length > 0;) {
    while (from < end && ahead.length < piecesAhead) {
      const range = [from, Math.min(from + placesPerPiece, end)] as const;
      const piece = database.read(systemReach(organizationId), (tx) =>
        readPiece(tx, organizationId, range, spare.pop()),
      );
      piece.catch(() => {}); // thrown where it is awaited
      ahead.push(piece);
      from = range[1];
    }
    const piece = await ahead.shift()!;
    yield piece;
    // Attack: one place put far behind all others, so that the walk there would never end. The gap is named by whoever grows the tree.
    if (piece.count === 0) {
      await Promise.allSettled(ahead);
      return;
    }
  }
}

/** The QR code of an authenticator address, drawn with characters; nothing when the drawing library is not installed. */

export async function qrLines(text: string): Promise<string[]> {
  try {
    const { default: qrcode } = await import('qrcode');
    return (await qrcode.toString(text, { type: 'terminal', small: true })).split('\n');
  } catch {
    return [];
  }
}

/** Why a client is erased for good (GDPR Article 17 §1; Law of Ukraine on Protection of Personal Data, Articles 8 and 15). */
export const erasureReasons = ['asked', 'consent_withdrawn', 'purpose_over', 'unlawful'] as const;
export type ErasureReason = (typeof erasureReasons)[number];

/** One entry and the proof of its place, as two files for somebody else. */
import { Button } from '@mantine/core';
import { IconCertificate } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { call } from '../api/call.ts';
import { useTranslation } from '../i18n/index.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';
import { saveText } from '../ui/save-text.ts';

export function EntryProof({ id }: { id: string }) {
  const { t } = useTranslation();
  const prove = useMutation({
    mutationFn: () => call('GET /api/v1/audit-entries/:id/proof', { params: { id } }),
    onSuccess: ({ proof, bytes, position }) => {
      const text = new TextDecoder().decode(Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0)));
      saveText(`entry-${position}.tlog-proof`, proof);
      saveText(`entry-${position}.json`, text);
    },
  });
  return (
    <div style={{ marginTop: 18 }}>
      <ProblemAlert problem={prove.error} />
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconCertificate size={15} aria-hidden />}
        loading={prove.isPending}
        onClick={() => prove.mutate()}
      >
        {t('evidence.proof')}
      </Button>
      <div className="quiet" style={{ marginTop: 4 }}>
        {t('evidence.proofHint')}
      </div>
    </div>
  );
}

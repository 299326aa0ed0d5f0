/** Changes the language of the screen at once and remembers it with the person. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/call.ts';
import { sessionQuery } from '../api/queries.ts';
import type { Language } from '../i18n/index.ts';
import { setLanguage } from '../i18n/index.ts';
import { useProblemText } from '../ui/ProblemAlert.tsx';
import { tellProblem } from '../ui/tell.ts';

export function useLanguageChange() {
  const client = useQueryClient();
  const textOf = useProblemText();
  return useMutation({
    mutationFn: async (language: Language) => {
      await setLanguage(language);
      return call('PATCH /api/v1/profile', { body: { language } });
    },
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
    onError: (thrown) => tellProblem(textOf(thrown)),
  });
}

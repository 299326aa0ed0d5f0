/** Everything that happens by itself, on one screen. Times are in Kyiv; a run that was missed is made up for by the next. */
import { jobs } from './queue.ts';

export const timeZone = 'Europe/Kyiv';

export const schedule = [
  {
    job: jobs.sweepSessions,
    cron: '17 * * * *',
    what: 'end sessions and invitations whose time is over, thin out old heads of the log',
  },
  {
    job: jobs.sweepImports,
    cron: '41 3 * * *',
    what: 'delete the sealed bytes of import files that nobody will read again',
  },
  {
    job: jobs.sweepExports,
    cron: '23 * * * *',
    what: 'destroy the keys of prepared files that nobody fetched in time, and bytes whose key is gone',
  },
  { job: jobs.rotateKeys, cron: '* * * * *', what: 'go on replacing keys, destroy those that nothing needs any more' },
  { job: jobs.deliverLetters, cron: '* * * * *', what: 'deliver letters that wait or are to be tried again' },
  {
    job: jobs.forwardLogs,
    cron: '* * * * *',
    what: 'send what is new in the log to its receivers: syslog, webhooks, files',
  },
  {
    job: jobs.askWitnesses,
    cron: '* * * * *',
    what: 'send the newest head of the log to the witnesses and places outside that are due',
  },
  {
    job: jobs.verifyLogs,
    cron: '19 2 * * *',
    what: 'verify every log as a whole, and remember beside the key up to which head and what was found',
  },
  { job: jobs.pruneLogs, cron: '37 2 * * *', what: 'delete entries of the log whose time of keeping is over' },
  { job: jobs.endTemporary, cron: '*/5 * * * *', what: 'record what was shared or given for a time and is over' },
  { job: jobs.tellEndingKeys, cron: '12 9 * * *', what: 'write to owners of API keys that end within a week' },
  {
    job: jobs.watchCertificates,
    cron: '29 * * * *',
    what: 'write to who keeps the protections when a certificate is not renewed or ends soon, once a day at most',
  },
  { job: jobs.sweepLetters, cron: '53 3 * * *', what: 'forget what became of letters a month ago' },
  {
    job: jobs.goOnWithReviews,
    cron: '7,37 * * * *',
    what: 'start, remind, escalate and close access reviews that are due',
  },
] as const;

/** From where people may work: places with a name, and who may come from which. */
import { ActionIcon, Button, Checkbox, Radio, Textarea, TextInput } from '@mantine/core';
import { IconMapPinPlus, IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from '../../i18n/index.ts';
import type { RulesDraft, SectionProps } from './draft.ts';
import { ForWhom } from './ForWhom.tsx';
import { linesOf, withoutRule, withRule } from './lines.ts';
import { RuleSection } from './RuleSection.tsx';
import classes from './rules.module.css';

type Networks = RulesDraft['networks'];
type Place = Networks['places'][number];
type Allowed = Networks['organization'];

export function NetworkRules({ rules: { networks }, address, closed, change }: SectionProps) {
  const { t } = useTranslation();
  const set = (next: Networks) => change({ networks: next });
  const { places } = networks;
  const lists = [networks.organization, ...networks.roles, ...networks.people];
  const addPlace = (name: string, ranges: string[]) =>
    set({ ...networks, places: [...places, { id: crypto.randomUUID(), name, ranges }] });
  const isKnown = places.some(({ ranges }) => ranges.some((range) => range.split('/')[0] === address));
  return (
    <RuleSection title={t('rules.networks')} text={t('rules.networksText')}>
      <h3 className={classes['sub']}>{t('rules.places')}</h3>
      <div className={classes['here']}>
        <span>
          {t('rules.addressNow')} <span className="mono">{address}</span>
        </span>
        {!closed && !isKnown && (
          <Button
            variant="light"
            size="compact-sm"
            leftSection={<IconMapPinPlus size={16} aria-hidden />}
            onClick={() => addPlace(places.length === 0 ? t('rules.office') : '', [address])}
          >
            {t('rules.addHere')}
          </Button>
        )}
      </div>
      {places.length === 0 && <p className={classes['none']}>{t('rules.noPlaces')}</p>}
      <ul className={classes['places']}>
        {places.map((place, at) => (
          <PlaceFields
            key={place.id}
            place={place}
            closed={closed}
            used={lists.some((one) => one.places.includes(place.id))}
            onChange={(next) => set({ ...networks, places: places.with(at, next) })}
            onRemove={() => set({ ...networks, places: places.filter(({ id }) => id !== place.id) })}
          />
        ))}
      </ul>
      {!closed && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => addPlace('', [])}
        >
          {t('rules.addPlace')}
        </Button>
      )}
      <h3 className={classes['sub']}>{t('rules.whoFromWhere')}</h3>
      <ForWhom
        closed={closed}
        withPeople
        lines={linesOf<Allowed>(networks).map(({ whom, rule }) => ({
          whom,
          field: (
            <AllowedField
              allowed={rule}
              places={places}
              closed={closed}
              onChange={({ anywhere, places: chosen }) => set(withRule(networks, whom, { anywhere, places: chosen }))}
            />
          ),
        }))}
        onAdd={(whom) => set(withRule<Allowed, Networks>(networks, whom, { anywhere: true, places: [] }))}
        onRemove={(whom) => set(withoutRule<Allowed, Networks>(networks, whom))}
      />
    </RuleSection>
  );
}

type PlaceFieldsProps = {
  place: Place;
  used: boolean;
  closed: boolean;
  onChange: (place: Place) => void;
  onRemove: () => void;
};

function PlaceFields({ place, used, closed, onChange, onRemove }: PlaceFieldsProps) {
  const { t } = useTranslation();
  const { name, ranges } = place;
  return (
    <li className={classes['place']}>
      <TextInput
        label={t('rules.placeName')}
        value={name}
        maxLength={80}
        readOnly={closed}
        error={name.trim() === '' ? t('rules.nameNeeded') : undefined}
        onChange={({ currentTarget: { value } }) => onChange({ ...place, name: value })}
      />
      <Textarea
        label={t('rules.ranges')}
        description={t('rules.rangesHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        classNames={{ input: 'mono' }}
        rows={Math.min(6, Math.max(2, ranges.length))}
        defaultValue={ranges.join('\n')}
        readOnly={closed}
        error={ranges.length === 0 ? t('rules.rangesNeeded') : undefined}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...place, ranges: value.split(/[\s,;]+/).filter((range) => range !== '') })
        }
      />
      {!closed && (
        <ActionIcon
          variant="subtle"
          color="gray"
          disabled={used}
          title={used ? t('rules.placeUsed') : undefined}
          aria-label={
            used ? `${t('rules.removePlace', { name })}. ${t('rules.placeUsed')}` : t('rules.removePlace', { name })
          }
          onClick={onRemove}
        >
          <IconTrash size={17} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
}

type AllowedFieldProps = {
  allowed: Allowed;
  places: readonly Place[];
  closed: boolean;
  onChange: (allowed: Allowed) => void;
};

function AllowedField({ allowed: { anywhere, places: chosen }, places, closed, onChange }: AllowedFieldProps) {
  const { t } = useTranslation();
  return (
    <>
      <Radio.Group
        aria-label={t('rules.fromWhere')}
        value={anywhere ? 'anywhere' : 'places'}
        onChange={(value) => onChange({ anywhere: value === 'anywhere', places: [] })}
      >
        <div className={classes['choice']}>
          <Radio value="anywhere" label={t('rules.anywhere')} disabled={closed} />
          <Radio value="places" label={t('rules.onlyPlaces')} disabled={closed || places.length === 0} />
        </div>
      </Radio.Group>
      {!anywhere && (
        <Checkbox.Group
          aria-label={t('rules.places')}
          value={chosen}
          error={chosen.length === 0 ? t('rules.placeNeeded') : undefined}
          onChange={(next) => onChange({ anywhere: false, places: next })}
        >
          <div className={classes['choice']}>
            {places.map(({ id, name }) => (
              <Checkbox key={id} value={id} label={name || t('rules.unnamed')} disabled={closed} />
            ))}
          </div>
        </Checkbox.Group>
      )}
    </>
  );
}

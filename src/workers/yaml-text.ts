import { stringify } from 'yaml'

/** An object as somebody would write it by hand: parts that happen to be one object in memory are written out each time, not as anchors. */
export const yamlText = (value: unknown): string => stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 })

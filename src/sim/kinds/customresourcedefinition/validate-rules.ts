import { followPath } from '../../api/custom/field-path.ts'
import type { JsonSchema, ValidationRule } from '../../api/custom/json-schema.ts'
import { notStructural } from '../../api/custom/structural.ts'
import { at, child, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']
const hasLineBreak = (text: string): boolean => /[\n\r]/.test(text)

function message(r: ValidationRule, path: Path, out: FieldError[]): void {
  const rule = r.rule.trim()
  const text = r.message ?? ''
  const here = child(path, 'message')
  if (!rule) out.push(required(child(path, 'rule'), 'rule is not specified'))
  else if (text && !text.trim()) out.push(invalidValue(here, text, 'must be non-empty if specified'))
  else if (hasLineBreak(text.trim())) out.push(invalidValue(here, text, 'must not contain line breaks'))
  else if (hasLineBreak(rule) && !text.trim()) out.push(required(here, 'message must be specified if rule contains line breaks'))
}

function fieldPath(r: ValidationRule, s: JsonSchema, path: Path, out: FieldError[]): void {
  const text = r.fieldPath ?? ''
  if (!text) return
  const here = child(path, 'fieldPath')
  if (!text.trim()) out.push(invalidValue(here, text, 'must be non-empty if specified'))
  if (hasLineBreak(text)) out.push(invalidValue(here, text, 'must not contain line breaks'))
  if (!notStructural(s) && 'problem' in followPath(text, s, true)) out.push(invalidValue(here, text, 'must be a valid path'))
}

/** The texts of a schema's rules; whether their expressions compile is asked later. */
export function ruleTexts(s: JsonSchema, path: Path, out: FieldError[]): void {
  s['x-kubernetes-validations']?.forEach((r, i) => {
    const here = at(child(path, 'x-kubernetes-validations'), i)
    message(r, here, out)
    if (r.messageExpression && !r.messageExpression.trim()) out.push(required(child(here, 'messageExpression'), 'messageExpression must be non-empty if specified'))
    if (r.reason !== undefined && !REASONS.includes(r.reason)) out.push(notSupported(child(here, 'reason'), r.reason, REASONS))
    fieldPath(r, s, here, out)
  })
}

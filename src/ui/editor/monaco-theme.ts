import { token } from '../theme/theme.ts'

interface TokenRule {
  readonly token: string
  readonly foreground: string
}

/** Monaco takes colours as six or eight hexadecimal digits. */
const hex = (name: `--${string}`): string => token(name)
const bare = (name: `--${string}`): string => hex(name).replace('#', '').slice(0, 6)
const alpha = (name: `--${string}`, opacity: string): string => `#${bare(name)}${opacity}`

/** Keys, texts and numbers in the page's own colours. */
export function rules(): TokenRule[] {
  return [
    { token: '', foreground: bare('--text') },
    { token: 'type.yaml', foreground: bare('--busy') },
    { token: 'string.yaml', foreground: bare('--ok') },
    { token: 'number.yaml', foreground: bare('--brass') },
    { token: 'keyword.yaml', foreground: bare('--brass') },
    { token: 'operators.yaml', foreground: bare('--text-2') },
    { token: 'comment.yaml', foreground: bare('--text-3') },
    { token: 'tag.yaml', foreground: bare('--unknown') },
    { token: 'namespace.yaml', foreground: bare('--unknown') },
  ]
}

/** The editor's surfaces, from the tokens as they are now. */
export function colours(): Record<string, string> {
  return {
    'editor.background': hex('--sunken'),
    'editor.foreground': hex('--text'),
    'editorGutter.background': hex('--sunken'),
    'editorLineNumber.foreground': hex('--text-3'),
    'editorLineNumber.activeForeground': hex('--text'),
    'editorCursor.foreground': hex('--brass'),
    'editor.selectionBackground': alpha('--brass', '40'),
    'editor.inactiveSelectionBackground': alpha('--brass', '22'),
    'editor.lineHighlightBackground': alpha('--text', '08'),
    'editor.lineHighlightBorder': '#00000000',
    'editorIndentGuide.background1': alpha('--line', '90'),
    'editorIndentGuide.activeBackground1': hex('--line-strong'),
    'editorError.foreground': hex('--bad'),
    'editorWarning.foreground': hex('--warn'),
    'editorInfo.foreground': hex('--busy'),
    'editorWidget.background': hex('--raised'),
    'editorWidget.border': hex('--line-strong'),
    'editorSuggestWidget.selectedBackground': alpha('--brass', '2e'),
    'editorSuggestWidget.selectedForeground': hex('--text'),
    'editorSuggestWidget.selectedIconForeground': hex('--text'),
    'editorSuggestWidget.highlightForeground': hex('--brass'),
    'editorSuggestWidget.focusHighlightForeground': hex('--brass'),
    'editorSuggestWidget.foreground': hex('--text'),
    'list.hoverBackground': alpha('--text', '0d'),
    'editorHoverWidget.foreground': hex('--text'),
    'textLink.foreground': hex('--brass'),
    'textLink.activeForeground': hex('--brass'),
    'widget.shadow': '#00000000',
    'editorHoverWidget.background': hex('--raised'),
    'editorHoverWidget.border': hex('--line-strong'),
    'editorOverviewRuler.border': '#00000000',
    'scrollbarSlider.background': alpha('--text', '1e'),
    'scrollbarSlider.hoverBackground': alpha('--text', '30'),
    'scrollbarSlider.activeBackground': alpha('--text', '40'),
    'scrollbar.shadow': '#00000000',
    'diffEditor.insertedLineBackground': hex('--added'),
    'diffEditor.removedLineBackground': hex('--removed'),
    'diffEditor.insertedTextBackground': alpha('--ok', '38'),
    'diffEditor.removedTextBackground': alpha('--bad', '38'),
    'focusBorder': hex('--brass'),
  }
}

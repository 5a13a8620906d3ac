import type { ConfiguredComponent } from '../../workers/protocol.ts'
import { report } from '../connection/announce.ts'
import { session } from '../connection/session.ts'
import { ui, updateUi } from '../store/ui-state.ts'

/** Puts the file that a component runs with into a tab of the editor; a tab of that name is shown with the present text. */
export async function openConfiguration(component: ConfiguredComponent): Promise<void> {
  try {
    const { text } = await session.ask<'configuration'>({ type: 'configuration', component })
    const name = `${component}.yaml`
    const known = ui.getState().files.some((file) => file.name === name)
    updateUi((draft) => {
      const file = draft.files.find((one) => one.name === name)
      if (file !== undefined) Object.assign(file, { text, applied: text })
      else draft.files.push({ name, text, applied: text })
      draft.activeFile = name
      if (known) draft.problems = draft.problems.filter((problem) => problem.file !== name)
    })
  } catch (error) {
    report(error)
  }
}

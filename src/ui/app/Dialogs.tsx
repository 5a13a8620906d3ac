import { lazy, Suspense, type ReactNode } from 'react'
import { useUi } from '../store/hooks.ts'
import { updateUi } from '../store/ui-state.ts'

const ComponentsDialog = lazy(async () => ({ default: (await import('../settings/ComponentsDialog.tsx')).ComponentsDialog }))
const DockerfileDialog = lazy(async () => ({ default: (await import('../views/inside/DockerfileDialog.tsx')).DockerfileDialog }))
const HelpDialog = lazy(async () => ({ default: (await import('../help/HelpDialog.tsx')).HelpDialog }))
const LegendDialog = lazy(async () => ({ default: (await import('../help/LegendDialog.tsx')).LegendDialog }))
const NewClusterDialog = lazy(async () => ({ default: (await import('../settings/NewClusterDialog.tsx')).NewClusterDialog }))
const OfferDialog = lazy(async () => ({ default: (await import('../settings/OfferDialog.tsx')).OfferDialog }))
const ShareDialog = lazy(async () => ({ default: (await import('../share/ShareDialog.tsx')).ShareDialog }))
const StorageDialog = lazy(async () => ({ default: (await import('../settings/StorageDialog.tsx')).StorageDialog }))
const Tour = lazy(async () => ({ default: (await import('../help/Tour.tsx')).Tour }))

const DIALOGS = { components: ComponentsDialog, dockerfile: DockerfileDialog, help: HelpDialog, legend: LegendDialog, new: NewClusterDialog, share: ShareDialog, storage: StorageDialog, tour: Tour } as const

/** The dialog that is open, if any; each is fetched when it is first asked for. */
export function Dialogs(): ReactNode {
  const dialog = useUi((state) => state.dialog)
  const offers = useUi((state) => state.offers)
  const Shown = dialog === null ? null : DIALOGS[dialog]
  return (
    <Suspense fallback={null}>
      {Shown !== null && <Shown onClose={() => updateUi((draft) => void (draft.dialog = null))} />}
      {offers[0] !== undefined && <OfferDialog key={offers.length} offer={offers[0]} onClose={() => updateUi((draft) => void draft.offers.shift())} />}
    </Suspense>
  )
}

import { Component, type ReactNode } from 'react'

/** Where Monaco breaks while it runs, the plain text area takes over with the same text. */
export class EditorBoundary extends Component<{ readonly fallback: ReactNode; readonly children: ReactNode }> {
  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true }
  }

  override state = { broken: false }

  override render(): ReactNode {
    return this.state.broken ? this.props.fallback : this.props.children
  }
}

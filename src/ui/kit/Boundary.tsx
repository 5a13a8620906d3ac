import { Component, type ReactNode } from 'react'

/** Shows `fallback` in place of children that threw or could not be fetched; the rest of the page goes on. */
export class Boundary extends Component<{ readonly fallback: ReactNode; readonly children: ReactNode }> {
  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true }
  }

  override state = { broken: false }

  override render(): ReactNode {
    return this.state.broken ? this.props.fallback : this.props.children
  }
}

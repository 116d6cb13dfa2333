// When to lock: five minutes without a sign of the person, or two minutes out of sight. Looks at the clock and
// does not count, so that a machine that slept is locked when it wakes.

export const IDLE_MS = 5 * 60_000;
export const HIDDEN_MS = 2 * 60_000;
const LOOK_MS = 1000;

export class LockTimer {
  constructor(onLock) {
    this.onLock = onLock;
    this.hiddenSince = null;
  }

  start() {
    this.stop();
    this.touch();
    this.looking = setInterval(() => {
      if (this.left() <= 0) this.onLock();
    }, LOOK_MS);
  }

  stop() {
    clearInterval(this.looking);
  }

  touch() {
    this.touched = Date.now();
  }

  hidden(isHidden) {
    this.hiddenSince = isHidden ? (this.hiddenSince ?? Date.now()) : null;
  }

  /** Milliseconds until it locks. */
  left() {
    const idle = this.touched + IDLE_MS - Date.now();
    return this.hiddenSince === null ? idle : Math.min(idle, this.hiddenSince + HIDDEN_MS - Date.now());
  }
}

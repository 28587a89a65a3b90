const firstCapacity = 48;

/**
 * Cholesky factor L of the covariance of a changing set of assets, S = L L'. Adding and removing an asset costs O(k^2).
 * Right-hand sides are carried along as L^-1 b, so that after a change only one back substitution is left.
 * (Golub and Van Loan, Matrix Computations, 6.5: append a row; delete a row and restore the triangle by Givens rotations.)
 */
export class GrowingFactor {
  size = 0;
  readonly carried: Float64Array[] = [];
  private rows: Float64Array;
  private capacity: number;

  constructor(private readonly most: number) {
    this.capacity = Math.min(most, firstCapacity);
    this.rows = new Float64Array(this.capacity * this.capacity);
  }

  /** Few assets are inside at a time, so room is made when it is needed. */
  private grow(): void {
    const { rows, capacity, size } = this;
    this.capacity = Math.min(this.most, 2 * capacity);
    this.rows = new Float64Array(this.capacity * this.capacity);
    for (let i = 0; i < size; i++) this.rows.set(rows.subarray(i * capacity, i * capacity + i + 1), i * this.capacity);
  }

  /**
   * Adds an asset: its covariances with those inside (in order), its variance, its entry of each carried right-hand side.
   * False, and nothing changed, when the matrix would not be positive definite.
   */
  append(column: Float64Array, variance: number, entries: ArrayLike<number>): boolean {
    if (this.size === this.capacity) this.grow();
    const { size, rows, capacity } = this;
    const at = size * capacity;
    for (let j = 0; j < size; j++) rows[at + j] = column[j]!;
    this.forward(rows.subarray(at, at + size));
    let rest = variance;
    for (let j = 0; j < size; j++) rest -= rows[at + j]! * rows[at + j]!;
    if (!(rest > 1e-13 * variance)) return false;
    const pivot = Math.sqrt(rest);
    rows[at + size] = pivot;
    for (let k = 0; k < this.carried.length; k++) {
      const carried = this.carried[k]!;
      let value = entries[k]!;
      for (let j = 0; j < size; j++) value -= rows[at + j]! * carried[j]!;
      carried[size] = value / pivot;
    }
    this.size++;
    return true;
  }

  remove(position: number): void {
    const { rows, capacity, carried } = this;
    const last = this.size - 1;
    for (let i = position; i < last; i++) {
      const to = i * capacity;
      for (let j = 0; j <= i + 1; j++) rows[to + j] = rows[to + capacity + j]!;
    }
    for (let i = position; i < last; i++) this.rotate(i, last);
    for (const vector of carried) vector[last] = 0;
    this.size = last;
  }

  /** Turns columns i and i + 1 so that row i ends at the diagonal. */
  private rotate(i: number, last: number): void {
    const { rows, capacity } = this;
    const a = rows[i * capacity + i]!;
    const b = rows[i * capacity + i + 1]!;
    const length = Math.hypot(a, b);
    const c = a / length;
    const s = b / length;
    rows[i * capacity + i] = length;
    for (let at = (i + 1) * capacity + i; at < last * capacity; at += capacity) {
      const left = rows[at]!;
      const right = rows[at + 1]!;
      rows[at] = c * left + s * right;
      rows[at + 1] = c * right - s * left;
    }
    for (const vector of this.carried) {
      const left = vector[i]!;
      const right = vector[i + 1]!;
      vector[i] = c * left + s * right;
      vector[i + 1] = c * right - s * left;
    }
  }

  /** Carries one more right-hand side, given by its entries of the assets inside. */
  carry(entries: Float64Array, place = this.carried.length): void {
    const vector = new Float64Array(this.most);
    vector.set(entries.subarray(0, this.size));
    this.forward(vector.subarray(0, this.size));
    this.carried[place] = vector;
  }

  drop(place: number): void {
    this.carried.splice(place, 1);
  }

  /** Solves L y = b in place. */
  forward(b: Float64Array): void {
    const { rows, capacity } = this;
    for (let i = 0; i < b.length; i++) {
      const at = i * capacity;
      let even = b[i]!;
      let odd = 0;
      let j = 0;
      for (; j + 1 < i; j += 2) {
        even -= rows[at + j]! * b[j]!;
        odd += rows[at + j + 1]! * b[j + 1]!;
      }
      if (j < i) even -= rows[at + j]! * b[j]!;
      b[i] = (even - odd) / rows[at + i]!;
    }
  }

  /** Solves L' x = b in place. */
  backward(b: Float64Array): void {
    const { rows, capacity, size } = this;
    for (let i = size - 1; i >= 0; i--) {
      const at = i * capacity;
      const x = b[i]! / rows[at + i]!;
      b[i] = x;
      for (let j = 0; j < i; j++) b[j] = b[j]! - rows[at + j]! * x;
    }
  }
}

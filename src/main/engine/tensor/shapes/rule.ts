/** What a shape rule is, and the checks that the rules share. */
import { type ElementType, shapeText } from '../data.ts';
import { GraphError } from '../errors.ts';

export type Shape = readonly number[];

export interface Typed {
  readonly shape: Shape;
  readonly type: ElementType;
}

/** Shape and type of the result. @throws GraphError; the graph adds the operation, the operands and the scope. */
export type ShapeRule<A> = (inputs: readonly Typed[], attributes: A) => Typed;

const FLOAT: readonly ElementType[] = ['float32'];
const INDEX: readonly ElementType[] = ['int64', 'int32'];

export function checkCount(inputs: readonly Typed[], count: number): void {
  if (inputs.length !== count) throw new GraphError(`takes ${count} operands, ${inputs.length} were given.`);
}

export function checkType(what: string, input: Typed, allowed: readonly ElementType[]): void {
  if (!allowed.includes(input.type)) throw new GraphError(`${what} must be ${allowed.join(' or ')}.`);
}

export const checkFloat = (what: string, input: Typed): void => checkType(what, input, FLOAT);
export const checkIndex = (what: string, input: Typed): void => checkType(what, input, INDEX);

export function checkSameType(inputs: readonly Typed[]): void {
  if (inputs.some((input) => input.type !== inputs[0]!.type)) throw new GraphError('the operands differ in type.');
}

export function checkRank(what: string, input: Typed, rank: number): void {
  if (input.shape.length !== rank)
    throw new GraphError(`${what} must have ${rank} axes, ${shapeText(input.shape)} has ${input.shape.length}.`);
}

export function checkAxis(axis: number, rank: number): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= rank)
    throw new GraphError(`there is no axis ${axis} among ${rank} axes.`);
}

/** The common shape under the broadcasting rule (axes aligned at the end, size 1 repeats). */
export function broadcastShapes(shapes: readonly Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    let size = 1;
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1;
      if (own === 1 || own === size) continue;
      if (size !== 1) throw new GraphError(`${shapes.map(shapeText).join(' and ')} do not broadcast together.`);
      size = own;
    }
    return size;
  });
}

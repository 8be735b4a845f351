/** Questions about types that the checker answers only in pieces: members across unions, what a call needs, promises. */
import ts from 'typescript';

const MOST_ARITIES = 3;
const MOST_VARIANTS = 3;

/** A reader of the types of one program; `at` is any node of it. */
export function shapesOf(checker, at) {
  /** The type without null and undefined; of a type parameter what it must be. */
  function solid(type) {
    const bound = type.flags & ts.TypeFlags.Instantiable ? (checker.getBaseConstraintOfType(type) ?? type) : type;
    return checker.getNonNullableType(bound);
  }

  function isAny(type) {
    return (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0;
  }

  /** The kinds that a value may be of, each by itself. */
  function variants(type) {
    const own = solid(type);
    return own.isUnion() ? own.types.map(solid) : [own];
  }

  function propertyOf(type, name) {
    const symbol = checker.getPropertyOfType(checker.getApparentType(type), name);
    return symbol === undefined ? null : checker.getTypeOfSymbolAtLocation(symbol, at);
  }

  /** The member of that name and whether every variant has it; null if none has. */
  function member(type, name) {
    const all = variants(type);
    const found = all.map((each) => propertyOf(each, name));
    const present = found.filter((each) => each !== null);
    if (present.length === 0) return null;
    const best = present.find((each) => signatures(each).length > 0) ?? present[0];
    return { type: best, everywhere: present.length === all.length };
  }

  /** Signatures that calls can choose from; `new` those of constructors. */
  function signatures(type, use = 'call') {
    const own = variants(type);
    const kind = use === 'new' ? ts.SignatureKind.Construct : ts.SignatureKind.Call;
    return own.flatMap((each) => [...checker.getSignaturesOfType(each, kind)]);
  }

  /** One signature for each number of arguments that suffices, in the order of declaration. */
  function arities(type, use) {
    const seen = new Map();
    for (const signature of signatures(type, use)) {
      const least = leastArguments(signature);
      if (!seen.has(least)) seen.set(least, signature);
    }
    return [...seen].slice(0, MOST_ARITIES).map(([least, signature]) => ({ least, signature }));
  }

  /** Signatures that take an argument there, those first whose argument may have a property of that name. */
  function taking(type, use, index, key) {
    const all = signatures(type, use).filter((signature) => argument(signature, index) !== null);
    const fits = (signature) => key === undefined || member(argument(signature, index), key) !== null;
    const chosen = [...all.filter(fits), ...all.filter((signature) => !fits(signature))].slice(0, MOST_ARITIES);
    return chosen.map((signature) => ({ least: leastArguments(signature), signature }));
  }

  function leastArguments(signature) {
    const { parameters } = signature;
    const optional = parameters.findIndex(isOptional);
    return optional < 0 ? parameters.length : optional;
  }

  function isOptional(parameter) {
    const { valueDeclaration: declared } = parameter;
    if (declared === undefined || !ts.isParameter(declared)) return (parameter.flags & ts.SymbolFlags.Optional) !== 0;
    return (
      declared.questionToken !== undefined ||
      declared.initializer !== undefined ||
      declared.dotDotDotToken !== undefined
    );
  }

  function isRest(parameter) {
    const { valueDeclaration: declared } = parameter;
    return declared !== undefined && ts.isParameter(declared) && declared.dotDotDotToken !== undefined;
  }

  /** The type of an argument; of one that a rest parameter takes the element's. Null beyond the last. */
  function argument(signature, index) {
    const { parameters } = signature;
    const last = parameters.at(-1);
    if (last !== undefined && isRest(last) && index >= parameters.length - 1) {
      const rest = checker.getTypeOfSymbolAtLocation(last, at);
      const inTuple = variants(rest).flatMap((each) =>
        checker.isTupleType(each) ? [checker.getTypeArguments(each)[index - parameters.length + 1]] : [],
      );
      return inTuple.find((each) => each !== undefined) ?? element(rest) ?? rest;
    }
    const parameter = parameters[index];
    return parameter === undefined ? null : checker.getTypeOfSymbolAtLocation(parameter, at);
  }

  function takesAnyNumber(signature) {
    const last = signature.parameters.at(-1);
    return last !== undefined && isRest(last);
  }

  /** What a list holds, or null. */
  function element(type) {
    for (const each of variants(type)) {
      const found = checker.getIndexTypeOfType(each, ts.IndexKind.Number);
      if (found !== undefined && (each.flags & ts.TypeFlags.StringLike) === 0) return found;
    }
    return null;
  }

  /** Names that an object must have to be of a type, for each of its variants that have a property `name`. */
  function formsWith(type, name) {
    const fitting = variants(type).filter((each) => propertyOf(each, name) !== null);
    return fitting.slice(0, MOST_VARIANTS).map((each) => ({
      type: propertyOf(each, name),
      needed: needed(each).filter((other) => other !== name),
    }));
  }

  function needed(type) {
    return checker
      .getPropertiesOfType(type)
      .filter((symbol) => (symbol.flags & (ts.SymbolFlags.Optional | ts.SymbolFlags.Prototype)) === 0)
      .filter((symbol) => !symbol.name.startsWith('__@'))
      .map((symbol) => symbol.name);
  }

  /** Whether it is a class of which only heirs can be made. */
  function isAbstract(type) {
    const declared = type.symbol?.valueDeclaration;
    return declared !== undefined && (ts.getCombinedModifierFlags(declared) & ts.ModifierFlags.Abstract) !== 0;
  }

  function isPromise(type) {
    return ['Promise', 'PromiseLike', 'APIPromise', 'CancelablePromise'].includes(type.symbol?.name ?? '');
  }

  function awaited(type) {
    return checker.getAwaitedType(type) ?? type;
  }

  function result(signature) {
    return checker.getReturnTypeOfSignature(signature);
  }

  return {
    taking,
    isAbstract,
    isPromise,
    solid,
    isAny,
    variants,
    member,
    signatures,
    arities,
    argument,
    takesAnyNumber,
    element,
    formsWith,
    awaited,
    result,
  };
}

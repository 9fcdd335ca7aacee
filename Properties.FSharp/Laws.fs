namespace Functional.CSharp

open System
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open Functional
open Functional.FSharp

/// The laws, as C# calls them: functions of the thing under test that say whether it keeps them, with a counterexample where
/// it does not. A test ends with `Check()`, which raises where a law is broken.
[<AbstractClass; Sealed>]
type Laws =

    static member private Given(value: 'a | null, name: string) : 'a =
        match value with
        | null -> raise (ArgumentNullException name)
        | value -> value

    static member private Function(f: Func<'a, 'b> | null, name: string) : 'a -> 'b = Laws.Given(f, name).Invoke

    /// The derivatives of f at x, of orders 1 to `order` along random directions, are the finite differences of the orders below,
    /// within the tolerance. x is float64 and keeps away from kinks.
    static member Gradients
        (
            f: Func<Tensor, Tensor>,
            x: Tensor,
            key: Key,
            [<Optional; DefaultParameterValue(2)>] order: int,
            [<Optional; DefaultParameterValue(1e-6)>] tolerance: float
        ) : Verdict =
        Law.gradients tolerance order key (Laws.Function(f, nameof f)) (Laws.Given(x, nameof x))

    /// f(T x) = T' f(x), within the tolerance: shifting an image shifts its convolution. `before` is T, `after` is T'.
    static member Equivariance
        (
            f: Func<Tensor, Tensor>,
            before: Func<Tensor, Tensor>,
            after: Func<Tensor, Tensor>,
            x: Tensor,
            [<Optional; DefaultParameterValue(1e-5)>] tolerance: float
        ) : Verdict =
        Law.equivariance
            tolerance
            (Laws.Function(before, nameof before))
            (Laws.Function(after, nameof after))
            (Laws.Function(f, nameof f))
            (Laws.Given(x, nameof x))

    /// f(T x) = f(x), within the tolerance: a sum does not see the order of its terms.
    static member Invariance
        (
            f: Func<Tensor, Tensor>,
            transform: Func<Tensor, Tensor>,
            x: Tensor,
            [<Optional; DefaultParameterValue(1e-5)>] tolerance: float
        ) : Verdict =
        Law.invariance
            tolerance
            (Laws.Function(transform, nameof transform))
            (Laws.Function(f, nameof f))
            (Laws.Given(x, nameof x))

    /// The derivatives of a layer by its input and by its parameters, of orders 1 to `order`, are finite differences of the orders
    /// below, within the tolerance, in training and in evaluation. Computed in float64; x keeps away from kinks.
    static member LayerGradients
        (
            layer: Layer<Tensor, Tensor>,
            x: Tensor,
            key: Key,
            [<Optional; DefaultParameterValue(2)>] order: int,
            [<Optional; DefaultParameterValue(1e-6)>] tolerance: float
        ) : Verdict =
        Law.layerGradients tolerance order key (Laws.Given(layer, nameof layer)) (Laws.Given(x, nameof x))

    /// Equal inputs give equal bits, output and state afterwards, whatever ran in between; and no run changes parameters, state or
    /// input.
    static member Purity(layer: Layer<Tensor, Tensor>, x: Tensor, key: Key) : Verdict =
        Law.purity key (Laws.Given(layer, nameof layer)) (Laws.Given(x, nameof x))

    /// Evaluation leaves the state alone and depends on no key that training was run with; training keeps paths, shapes and dtypes
    /// of the state, which holds no gradients.
    static member Evaluation(layer: Layer<Tensor, Tensor>, x: Tensor, key: Key) : Verdict =
        Law.evaluation key (Laws.Given(layer, nameof layer)) (Laws.Given(x, nameof x))

    /// Inputs [n; input…] give outputs [n; output…], for each n of `sizes` in evaluation, and from n = 2 on in training too.
    static member Shape
        (layer: Layer<Tensor, Tensor>, input: int[], output: int[], key: Key, [<ParamArray>] sizes: int[])
        : Verdict =
        Law.shape
            key
            (List.ofArray (Laws.Given(input, nameof input)))
            (List.ofArray (Laws.Given(output, nameof output)))
            (List.ofArray (Laws.Given(sizes, nameof sizes)))
            (Laws.Given(layer, nameof layer))

    /// In evaluation a batch gives what its samples give one by one, within the tolerance. x: [n; …], n at least 1.
    static member Independence
        (layer: Layer<Tensor, Tensor>, x: Tensor, key: Key, [<Optional; DefaultParameterValue(1e-5)>] tolerance: float)
        : Verdict =
        Law.independence tolerance key (Laws.Given(layer, nameof layer)) (Laws.Given(x, nameof x))

    /// Parameters and state come back from a checkpoint and from a file of safetensors bit for bit, into a layer that began from
    /// another key, and give the same output there, bit for bit.
    static member RoundTrip(layer: Layer<Tensor, Tensor>, x: Tensor, key: Key) : Verdict =
        Law.roundTrip key (Laws.Given(layer, nameof layer)) (Laws.Given(x, nameof x))

    /// A transform takes a function f of one tensor from `start` to at most `goal` in so many steps, all on numbers: the gradients
    /// are f's own, and the steps those of Training.Steps. f is looked at ten times on the way.
    static member Descent
        (transform: Transform, f: Func<Tensor, Tensor>, start: Tensor, goal: float, steps: int)
        : Verdict =
        Law.descent
            steps
            goal
            (Laws.Given(transform, nameof transform))
            (Laws.Function(f, nameof f))
            (Laws.Given(start, nameof start))

    /// Training that is saved half-way, loaded into a start of another key and gone on with equals training that was never
    /// interrupted, bit for bit: no rule, transform or batches keep anything outside their state. `steps` is at least 2.
    static member Resumption<'batch>
        (rule: Rule<'batch>, transform: Transform, batches: Batches<'batch>, key: Key, steps: int)
        : Verdict =
        Law.resumption
            steps
            key
            (Laws.Given(rule, nameof rule))
            (Laws.Given(transform, nameof transform))
            (Laws.Given(batches, nameof batches))

    /// πP = π within the tolerance: a kernel leaves its distribution as it is. P[i, j] is the exact probability of going from state
    /// i to state j; rows that are no distributions break the law too.
    static member Stationary
        (pi: float[], p: float[,], [<Optional; DefaultParameterValue(1e-9)>] tolerance: float)
        : Verdict =
        Law.stationary tolerance (Laws.Given(pi, nameof pi)) (Laws.Given(p, nameof p))

    /// πᵢPᵢⱼ = πⱼPⱼᵢ within the tolerance: a chain that runs backwards looks the same. It asks more than Stationary.
    static member DetailedBalance
        (pi: float[], p: float[,], [<Optional; DefaultParameterValue(1e-9)>] tolerance: float)
        : Verdict =
        Law.detailedBalance tolerance (Laws.Given(pi, nameof pi)) (Laws.Given(p, nameof p))

    /// A step that is only known as a function leaves π as it is: of `samples` states drawn from π and moved one step, as many lie
    /// on each state as π says, within 5 standard errors √(nπ(1 - π)). Equal keys give equal verdicts.
    static member Preserves
        (pi: float[], step: Func<Key, int, int>, key: Key, [<Optional; DefaultParameterValue(10000)>] samples: int)
        : Verdict =
        let step = Laws.Given(step, nameof step)
        Law.preserves samples key (Laws.Given(pi, nameof pi)) (fun key state -> step.Invoke(key, state))

    /// The matrix of a kernel on n states whose exact probabilities are a function of the state it leaves.
    static member Transitions(n: int, row: Func<int, float[]>) : float[,] =
        Law.transitions n (Laws.Function(row, nameof row))

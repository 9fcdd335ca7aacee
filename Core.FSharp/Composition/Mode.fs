namespace Functional

open System

/// How a layer is run. Randomness exists only where there is a key, so dropout at evaluation cannot be written.
[<NoComparison>]
type Mode =
    /// In training, with a key for what is random.
    | Train of Key
    /// In evaluation.
    | Eval

    /// The result of the function for this mode.
    member mode.Match(train: Func<Key, 'r>, eval: Func<'r>) : 'r =
        match mode with
        | Train key -> (FSharp.Given.required (nameof train) train).Invoke key
        | Eval -> (FSharp.Given.required (nameof eval) eval).Invoke()

namespace Functional.FSharp

open Functional

/// Modes of running.
[<RequireQualifiedAccess>]
module Mode =

    /// The mode of the i-th part: in training with the i-th child of the key.
    let child i mode =
        match mode with
        | Train key -> Train(Key.child i key)
        | Eval -> Eval

namespace Functional

open System

/// What a parameter is for. Decay and norm penalties touch weights only.
[<RequireQualifiedAccess>]
type Role =
    /// Multiplies inputs.
    | Weight
    /// Is added.
    | Bias
    /// Scales what a normalisation gives.
    | Scale

    /// The result of the function for this role.
    member role.Match(weight: Func<'r>, bias: Func<'r>, scale: Func<'r>) : 'r =
        match role with
        | Weight -> (FSharp.Given.required (nameof weight) weight).Invoke()
        | Bias -> (FSharp.Given.required (nameof bias) bias).Invoke()
        | Scale -> (FSharp.Given.required (nameof scale) scale).Invoke()

/// A value that training may change, and what it is for.
[<NoComparison>]
type Param =
    {
        /// What it is for.
        Role: Role
        /// Its numbers.
        Value: Tensor
    }

/// Parameters: what is differentiated.
type Params = Tree<Param>

/// Running statistics, chains, memories: threaded through, never differentiated.
type State = Tree<Tensor>

/// Derivatives of a loss, with the structure of the parameters.
type Gradients = Tree<Tensor>

namespace Functional.FSharp

open Functional

/// Changing the dtype of floating-point numbers.
module internal Floating =

    /// Refuses a dtype that is not of floating-point numbers.
    let require name (dtype: Dtype) =
        if not (Native.isFloating (Tensor.zerosOf dtype [ 0 ]).Raw) then
            invalidArg (nameof dtype) $"{name}: the dtype is one of floating-point numbers, not {dtype}"

    /// Floating-point numbers in the dtype; whole numbers and truth values as they are.
    let cast (dtype: Dtype) (x: Tensor) = if Native.isFloating x.Raw then Tensor.cast dtype x else x

/// Functions of states: running statistics, chains, memories.
[<RequireQualifiedAccess>]
module State =

    /// The state with its floating-point numbers in a dtype of such; whole numbers and truth values stay.
    let cast (dtype: Dtype) (state: State) : State =
        Floating.require "cast" dtype
        state |> Tree.map (Floating.cast dtype)

/// Functions of parameters.
[<RequireQualifiedAccess>]
module Params =

    /// The values, without their roles.
    let values (ps: Params) : Tree<Tensor> = Tree.map _.Value ps

    /// The parameters with new values, in the order of the leaves.
    let refill (values: Tensor[]) (ps: Params) : Params =
        Tree.map2 (fun param value -> { param with Value = value }) ps (Tree.refill values ps)

    /// The number of numbers.
    let count (ps: Params) : int64 = Tree.values ps |> Array.sumBy _.Value.Count

    /// The parameters in a dtype of floating-point numbers, such as float64.
    let cast (dtype: Dtype) (ps: Params) : Params =
        Floating.require "cast" dtype
        ps |> Tree.map (fun param -> { param with Value = Floating.cast dtype param.Value })

    /// Parameters moved by updates: p + u.
    let move (updates: Gradients) (ps: Params) : Params =
        Tree.map2 (fun param update -> { param with Value = param.Value + update }) ps updates

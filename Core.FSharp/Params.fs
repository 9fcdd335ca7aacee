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
        | Weight -> weight.Invoke()
        | Bias -> bias.Invoke()
        | Scale -> scale.Invoke()

/// A value that training may change, and what it is for.
[<NoEquality; NoComparison>]
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

    /// Parameters moved by updates: p + u.
    let move (updates: Gradients) (ps: Params) : Params =
        Tree.map2 (fun param update -> { param with Value = param.Value + update }) ps updates

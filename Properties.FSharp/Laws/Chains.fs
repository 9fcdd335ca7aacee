namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Comparing

/// Laws of Markov chains on states 0, 1, …, n - 1.
[<AutoOpen>]
module LawChains =

    let private sum = Array.sum
    let private show (values: float[]) = "[" + String.Join("; ", values) + "]"

    // One row of probabilities for each state, and a distribution of as many.
    let private check (pi: float[]) (p: float[,]) =
        if p.GetLength 0 <> pi.Length || p.GetLength 1 <> pi.Length || pi.Length = 0 then
            invalidArg
                (nameof p)
                $"a chain on n states has a distribution of n numbers and n×n transitions, but was given {pi.Length} and {p.GetLength 0}×{p.GetLength 1}"

    let private distribution law given tolerance (values: float[]) =
        require
            (values |> Array.forall (fun x -> x >= 0.0) && abs (sum values - 1.0) <= tolerance)
            law
            (fun () -> given)
            (fun () -> "probabilities of at least 0 that add up to 1")
            (fun () -> $"{show values}, which add up to {sum values}")

    let private proper tolerance (pi: float[]) (p: float[,]) =
        seq {
            distribution "a distribution" "π" tolerance pi

            for i in 0 .. pi.Length - 1 do
                distribution "rows of transitions are distributions" $"the row of state {i}" tolerance p[i, *]
        }

    /// Laws: functions of the thing under test that say whether it keeps them, with a counterexample where it does not.
    [<RequireQualifiedAccess>]
    module Law =

        /// πP = π within the tolerance: a kernel leaves its distribution as it is. P[i, j] is the exact probability of going from
        /// state i to state j; rows that are no distributions break the law too.
        let stationary (tolerance: float) (pi: float[]) (p: float[,]) : Verdict =
            check pi p

            seq {
                yield! proper tolerance pi p

                for j in 0 .. pi.Length - 1 do
                    let flow = sum [| for i in 0 .. pi.Length - 1 -> pi[i] * p[i, j] |]

                    require
                        (abs (flow - pi[j]) <= tolerance)
                        "πP = π"
                        (fun () -> $"state {j} of {pi.Length}, π = {show pi}")
                        (fun () -> $"{pi[j]} within {tolerance}")
                        (fun () -> $"{flow} after a step")
            }
            |> Verdict.all

        /// πᵢPᵢⱼ = πⱼPⱼᵢ within the tolerance: a chain that runs backwards looks the same. It asks more than `stationary`.
        let detailedBalance (tolerance: float) (pi: float[]) (p: float[,]) : Verdict =
            check pi p

            seq {
                yield! proper tolerance pi p

                for i in 0 .. pi.Length - 1 do
                    for j in 0 .. i - 1 do
                        let there, back = pi[i] * p[i, j], pi[j] * p[j, i]

                        require
                            (abs (there - back) <= tolerance)
                            "πᵢPᵢⱼ = πⱼPⱼᵢ"
                            (fun () -> $"the states {i} and {j}, π = {show pi}")
                            (fun () -> $"as much from {i} to {j} as back, within {tolerance}")
                            (fun () -> $"{there} there and {back} back")
            }
            |> Verdict.all

        /// A step that is only known as a function leaves π as it is: of `samples` states drawn from π and moved one step, as many
        /// lie on each state as π says, within 5 standard errors √(nπ(1 - π)). Equal keys give equal verdicts.
        let preserves (samples: int) (key: Key) (pi: float[]) (step: Key -> int -> int) : Verdict =
            if samples < 1 then
                invalidArg (nameof samples) $"preserves: at least one state is drawn, not {samples}"

            let law = "a step leaves its distribution as it is"
            let edges = Array.scan (+) 0.0 pi

            let drawn =
                Scope.value (fun () -> Random.uniformOf Dtype.Float64 [ samples ] (Key.child 0 key) |> Tensor.toDoubles)
                // The state whose stretch of 0 … 1 holds the number; the last takes what rounding leaves.
                |> Array.map (fun u -> min (pi.Length - 1) (Array.findIndexBack (fun edge -> edge <= u) edges))

            let counts = Array.zeroCreate pi.Length
            let mutable stray = None

            drawn
            |> Array.iteri (fun i state ->
                let next = step (Key.child (i + 1) key) state

                if next < 0 || next >= pi.Length then
                    stray <- Some(state, next)
                else
                    counts[next] <- counts[next] + 1)

            seq {
                distribution "a distribution" "π" 1e-9 pi

                match stray with
                | Some(state, next) -> broken law $"state {state}" $"a state from 0 to {pi.Length - 1}" $"{next}"
                | None -> ()

                for j in 0 .. pi.Length - 1 do
                    let mean = float samples * pi[j]
                    let error = sqrt (mean * (1.0 - pi[j]))

                    require
                        (abs (float counts[j] - mean) <= 5.0 * error)
                        law
                        (fun () -> $"{samples} states drawn from π = {show pi} and moved once")
                        (fun () -> $"{mean} on state {j}, within 5 standard errors of {error}")
                        (fun () -> $"{counts[j]}")
            }
            |> Verdict.all

        /// The matrix of a kernel on n states whose exact probabilities are a function of the state it leaves.
        let transitions (n: int) (row: int -> float[]) : float[,] =
            let rows = [| for i in 0 .. n - 1 -> row i |]

            match rows |> Array.tryFindIndex (fun row -> row.Length <> n) with
            | Some i ->
                invalidArg
                    (nameof row)
                    $"transitions: {n} probabilities lead out of each state, but {rows[i].Length} out of state {i}"
            | None -> Array2D.init n n (fun i j -> rows[i][j])

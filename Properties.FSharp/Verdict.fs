namespace Functional

open System

/// Where a law does not hold.
type Counterexample =
    {
        /// The law, in words.
        Law: string
        /// What it was asked of: the input, the mode, the step.
        Given: string
        /// What the law asks for.
        Expected: string
        /// What was found instead.
        Found: string
    }

    /// The law, what was given, what was expected and what was found, in a sentence.
    override example.ToString() =
        $"{example.Law}: given {example.Given}, expected {example.Expected}, but found {example.Found}"

/// A law was asked to hold and does not; the message is the counterexample.
[<Sealed>]
type LawBrokenException(counterexample: Counterexample) =
    inherit Exception(string counterexample)

    /// Where the law does not hold.
    member _.Counterexample = counterexample

/// What a law says of the thing under test.
[<RequireQualifiedAccess; NoComparison>]
type Verdict =
    /// The law holds here.
    | Kept
    /// The law does not hold, as the counterexample shows.
    | Broken of counterexample: Counterexample

    /// Whether the law holds here.
    member verdict.Holds =
        match verdict with
        | Kept -> true
        | Broken _ -> false

    /// The result of the function for this verdict.
    member verdict.Match(kept: Func<'r>, broken: Func<Counterexample, 'r>) : 'r =
        match verdict with
        | Kept -> kept.Invoke()
        | Broken counterexample -> broken.Invoke counterexample

    /// Raises a LawBrokenException where the law does not hold: what a property of FsCheck, or any test, ends with.
    member verdict.Check() : unit =
        match verdict with
        | Kept -> ()
        | Broken counterexample -> raise (LawBrokenException counterexample)

    /// "the law holds", or the counterexample in a sentence.
    override verdict.ToString() =
        match verdict with
        | Kept -> "the law holds"
        | Broken counterexample -> string counterexample

namespace Functional.FSharp

open Functional

/// What laws say.
[<RequireQualifiedAccess>]
module Verdict =

    /// Raises a LawBrokenException where the law does not hold: what a property of FsCheck, or any test, ends with.
    let check (verdict: Verdict) : unit = verdict.Check()

    /// The first of these verdicts that is broken; later ones are not asked for. None broken: kept.
    let all (verdicts: Verdict seq) : Verdict =
        verdicts |> Seq.tryFind (fun verdict -> not verdict.Holds) |> Option.defaultValue Verdict.Kept

namespace Functional

/// Batches in an order that can be entered at any step: resuming at step n does not run through the first n.
/// What is computed to make a batch belongs to the step that uses it.
[<Sealed; NoEquality; NoComparison>]
type Batches<'batch> internal (depth: int, from: int -> seq<unit -> 'batch>) =
    /// The batches from step n on, each made when it is called for.
    member internal _.From = from

    /// How many batches lie in each other.
    member internal _.Depth = depth

namespace Functional.FSharp

open System.Threading
open Functional

/// Batches.
[<RequireQualifiedAccess>]
module Batches =

    let private counted name (count: int) =
        if count < 0 then
            invalidArg name $"the number of batches is at least 0, not {count}"

    let private around name (inner: Batches<'a>) (from: int -> seq<unit -> 'b>) : Batches<'b> =
        Batches(Nesting.around name "batches" [ inner.Depth ], from)

    /// Batches that exist already, in this order; resuming at step n passes over the first n.
    let ofSeq (batches: 'batch seq) : Batches<'batch> =
        Batches(0, (fun start -> batches |> Seq.skip start |> Seq.map (fun batch () -> batch)))

    /// Batch n is make n, for n = 0, 1, … below count.
    let init (count: int) (make: int -> 'batch) : Batches<'batch> =
        counted (nameof count) count
        Batches(0, (fun start -> seq { for n in start .. count - 1 -> fun () -> make n }))

    /// The same batches over and over, so many in all.
    let cycle (count: int) (batches: 'batch seq) : Batches<'batch> =
        counted (nameof count) count
        let batches = Array.ofSeq batches

        if batches.Length = 0 then
            invalidArg (nameof batches) "there is no batch to repeat"

        init count (fun n -> batches[n % batches.Length])

    /// f of each batch, computed in the step that uses it.
    let map (f: 'a -> 'b) (batches: Batches<'a>) : Batches<'b> =
        around "map" batches (fun start -> batches.From start |> Seq.map (fun make () -> f (make ())))

    /// The first so many batches.
    let take (count: int) (batches: Batches<'batch>) : Batches<'batch> =
        counted (nameof count) count
        around "take" batches (fun start -> batches.From start |> Seq.truncate (max 0 (count - start)))

    /// The batches until a token is cancelled: from then on making one raises an OperationCanceledException.
    let until (cancellation: CancellationToken) (batches: Batches<'batch>) : Batches<'batch> =
        around "until" batches (fun start ->
            batches.From start
            |> Seq.map (fun make ->
                fun () ->
                    cancellation.ThrowIfCancellationRequested()
                    make ()))

    /// The batches from step n on, made as the sequence is walked.
    let from (start: int) (batches: Batches<'batch>) : seq<'batch> =
        if start < 0 then
            invalidArg (nameof start) $"batches begin at a step of at least 0, not {start}"

        batches.From start |> Seq.map (fun make -> make ())

    /// The same batches in the same order, up to `ahead` of them made on a thread of their own while the one before is used,
    /// ahead at least 1. What a batch's own function raises is raised in its step; the thread ends when the walk does,
    /// or is forgotten.
    let prefetch (ahead: int) (batches: Batches<'batch>) : Batches<'batch> =
        if ahead < 1 then
            invalidArg (nameof ahead) $"at least one batch is made ahead, not {ahead}"

        around "prefetch" batches (fun start ->
            seq {
                use prefetch = new Prefetch<'batch>(ahead, batches.From start)
                yield! prefetch.Batches
            })

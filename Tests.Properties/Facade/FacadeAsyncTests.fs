/// Training off the caller's thread, and cancelling it.
module FacadeAsyncTests

open System
open System.Collections.Generic
open System.Threading
open Expecto
open Functional
open Functional.FSharp
open Support
open FacadeTrainingTests

let private key = Key.ofSeed 12

// All that an asynchronous sequence gives under a token, each seen when it comes.
let private walkUnder (token: CancellationToken) (sequence: IAsyncEnumerable<Snapshot>) (see: Snapshot -> unit) =
    let rec go (walker: IAsyncEnumerator<Snapshot>) found =
        if walker.MoveNextAsync().AsTask().GetAwaiter().GetResult() then
            see walker.Current
            go walker (walker.Current :: found)
        else
            List.rev found

    let walker = sequence.GetAsyncEnumerator token

    try
        go walker []
    finally
        walker.DisposeAsync().AsTask().GetAwaiter().GetResult()

let private walk sequence see = walkUnder CancellationToken.None sequence see

let tests =
    testList
        "facade asynchronous training"
        [
            test "StepsAsync gives the snapshots of Steps, and each batch is made off the caller's thread" {
                let adam = CSharp.Optimizers.Adam(CSharp.Schedules.Constant 0.05)
                let start = CSharp.Training.Start(rule, adam, key)
                let here, threads = Environment.CurrentManagedThreadId, HashSet()

                let watched =
                    CSharp.Batches.Map(
                        batches 2,
                        fun batch ->
                            threads.Add Environment.CurrentManagedThreadId |> ignore
                            batch
                    )

                let found = walk (CSharp.Training.StepsAsync(rule, adam, watched, start, every = 3)) (fun _ -> ())

                List.iter2
                    (expectSameSnapshot "in turn")
                    (List.ofSeq (CSharp.Training.Steps(rule, adam, batches 2, start, 3)))
                    found

                Expect.isFalse (threads.Contains here) "the caller's thread is free"
            }

            for token in [ "StepsAsync's own token"; "WithCancellation's token" ] do
                test $"cancelled by {token} in the middle of a burst, no further step is taken" {
                    let adam = CSharp.Optimizers.Adam(CSharp.Schedules.Constant 0.05)
                    let start = CSharp.Training.Start(rule, adam, key)
                    use source = new CancellationTokenSource()
                    use other = new CancellationTokenSource()
                    let mutable made = 0

                    // 500 batches; the first snapshot would come after all of them.
                    let counted =
                        CSharp.Batches.Map(
                            batches 100,
                            fun batch ->
                                made <- made + 1

                                if made = 8 then
                                    source.Cancel()

                                batch
                        )

                    let own = token.StartsWith "StepsAsync"
                    let given = if own then source.Token else other.Token
                    let steps = CSharp.Training.StepsAsync(rule, adam, counted, start, 1000, given)
                    let mutable snapshots = 0

                    expectError<OperationCanceledException> [] (fun () ->
                        walkUnder (if own then CancellationToken.None else source.Token) steps (fun _ ->
                            snapshots <- snapshots + 1)
                        |> ignore)

                    Expect.equal (made, snapshots) (8, 0) "the step that cancelled was the last"
                }

            test "a token that is cancelled already lets no step begin, and bad arguments are refused before any walk" {
                let adam = CSharp.Optimizers.Adam(CSharp.Schedules.Constant 0.05)
                let start = CSharp.Training.Start(rule, adam, key)
                let mutable made = 0

                let counted =
                    CSharp.Batches.Map(
                        batches 2,
                        fun batch ->
                            made <- made + 1
                            batch
                    )

                expectError<OperationCanceledException> [] (fun () ->
                    walk (CSharp.Training.StepsAsync(rule, adam, counted, start, 3, CancellationToken true)) ignore
                    |> ignore)

                Expect.equal made 0 "no batch"

                expectError<ArgumentException> [ "at least 1, not 0" ] (fun () ->
                    CSharp.Training.StepsAsync(rule, adam, counted, start, 0) |> ignore)
            }

            test "cancelling between snapshots ends StepsAsync and Fit before the next step; what was given stays whole" {
                let adam = CSharp.Optimizers.Adam(CSharp.Schedules.Constant 0.05)
                let start = CSharp.Training.Start(rule, adam, key)
                use source = new CancellationTokenSource()
                let seen = List()

                expectError<OperationCanceledException> [] (fun () ->
                    walk (CSharp.Training.StepsAsync(rule, adam, batches 3, start, 2, source.Token)) (fun snapshot ->
                        seen.Add snapshot

                        if snapshot.Step = 6 then
                            source.Cancel())
                    |> ignore)

                Expect.equal [ for s in seen -> s.Step ] [ 2; 4; 6 ] "three snapshots"
                let expected = CSharp.Training.Steps(rule, adam, batches 3, start, 2) |> Seq.truncate 3
                Seq.iter2 (expectSameSnapshot "whole") expected seen
                let mutable made = 0
                use source = new CancellationTokenSource()

                let counted =
                    CSharp.Batches.Map(
                        batches 3,
                        fun batch ->
                            made <- made + 1

                            if made = 4 then
                                source.Cancel()

                            batch
                    )

                expectError<OperationCanceledException> [] (fun () ->
                    CSharp.Training.Fit(rule, adam, counted, key, cancellation = source.Token) |> ignore)

                Expect.equal made 4 "no step after it"
            }
        ]

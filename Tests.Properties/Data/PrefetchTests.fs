/// Batches made ahead on another thread: the same order, the same bits, the same errors, flat memory and no thread left behind.
module PrefetchTests

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.Diagnostics
open System.Threading
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 51

let private data =
    Dataset.create (Random.normal [ 500; 64 ] (Key.child 0 key)) (Tensor.ofInts [ for i in 0..499 -> i % 5 ])
    |> Dataset.map (fun x y -> struct (Tensor.tanh (x * 2.0) + 0.1, y))

let private rule = Rule.ofLoss Loss.crossEntropy (dense 64 32 --> relu --> dense 32 5)
let private adam = Optimizer.adam (Schedule.constant 0.01)
let private batches epochs = Dataset.batches 64 epochs (Key.child 1 key) data

// Waits until something that another thread does has happened; the limit only ends a test that fails.
let private eventually what (happened: unit -> bool) =
    Expect.isTrue (SpinWait.SpinUntil(happened, TimeSpan.FromSeconds 60.0)) what

// Batches that count how many have been made, and remember the threads that made them.
let private watched count (made: int[]) (threads: ConcurrentDictionary<int, Thread>) =
    Batches.init count (fun n ->
        threads[Environment.CurrentManagedThreadId] <- Thread.CurrentThread
        Interlocked.Increment(&made[0]) |> ignore
        n)

/// Trains so many steps on batches made ahead, or not at all ahead: the last loss.
let trained (ahead: int) (steps: int) : float =
    // A batch of 2 MB, from as much again that is only made on the way.
    let wide =
        Batches.init steps (fun n ->
            let x = Random.uniform [ 512; 1024 ] (Key.child n key)
            struct (Tensor.slice 1 0 64 (x * 2.0 - 1.0), Tensor.ofInts (Array.init 512 (fun i -> i % 5))))

    let wide = if ahead > 0 then Batches.prefetch ahead wide else wide
    Tensor.toFloat (Training.fit rule adam wide key).Loss

/// Prints the loss after so many steps, trained beside a thread that allocates and collects, then the peak of resident memory in
/// bytes.
let child (ahead: int) (steps: int) =
    use _ = NativeChildren.collecting ()
    printfn $"{trained ahead steps:R}"
    Process.GetCurrentProcess().Refresh()
    printfn $"{Process.GetCurrentProcess().PeakWorkingSet64}"

/// The loss that training beside a collecting thread gives, in a process of its own, and its peak of resident memory in bytes.
let collecting (ahead: int) (steps: int) : float * float =
    match runChild [ "child"; "prefetch"; string ahead; string steps ] with
    | 0, output ->
        let lines = output.Trim().Split '\n'
        float lines[0], float lines[1]
    | code, output -> failtest $"the child ended with {code}: {output}"

let private orderTests =
    testList
        "order"
        [
            testProperty "the same batches in the same order, from any step on"
            <| fun (PositiveInt ahead) (PositiveInt start) ->
                let ahead, start = 1 + ahead % 6, start % 25
                let plain, fetched = batches 3, Batches.prefetch ahead (batches 3)

                let all batches =
                    Batches.from start batches
                    |> Seq.map (fun (struct (x, y)) -> Tensor.bits x, Tensor.bits y)
                    |> List.ofSeq

                Expect.equal (all fetched) (all plain) $"from step {start}, {ahead} ahead"

            test "training gives the same bits, whole, resumed, walked twice, and prefetched twice" {
                let start = Training.start rule adam key
                let run batches from = Training.run 4 rule adam batches from
                let plain = run (batches 2) start |> List.ofSeq
                let fetched = run (Batches.prefetch 3 (batches 2)) start
                List.iter2 (expectSameSnapshot "prefetched") plain (List.ofSeq fetched)
                List.iter2 (expectSameSnapshot "again") plain (List.ofSeq fetched)
                let resumed = run (Batches.prefetch 2 (batches 2)) plain[1] |> Seq.last
                expectSameSnapshot "resumed" (List.last plain) resumed
                let twice = run (Batches.prefetch 1 (Batches.prefetch 2 (batches 2))) start |> Seq.last
                expectSameSnapshot "twice" (List.last plain) twice
            }

            test "batches are made on one thread that is not the caller's, and never more ahead than asked" {
                let made, threads = [| 0 |], ConcurrentDictionary()
                let mutable used = 0

                for n in watched 50 made threads |> Batches.prefetch 4 |> Batches.from 0 do
                    Expect.equal n used "in order"
                    used <- used + 1
                    // The batch in use, and four that wait.
                    let expected = min 50 (used + 4)
                    eventually "so many are made ahead" (fun () -> Volatile.Read &made[0] = expected)

                Expect.equal used 50 "all of them"
                Expect.equal threads.Count 1 "one thread"
                Expect.isFalse (threads.ContainsKey Environment.CurrentManagedThreadId) "another one"
            }

            test "a batch asked for again, or too late, is made again; one that is passed over is freed" {
                let tensors = ConcurrentQueue<Tensor>()

                let source =
                    Batches.init 6 (fun n ->
                        let x = Tensor.full [ 3 ] (float n)
                        tensors.Enqueue x
                        x)

                let makers = (Batches.prefetch 2 source).From 0 |> List.ofSeq
                Expect.equal tensors.Count 6 "all made"
                Expect.all tensors _.IsFreed "none was taken"
                let late = makers[4]()
                Expect.sequenceEqual (Tensor.toDoubles late) [ 4.0; 4.0; 4.0 ] "too late"

                for make in (Batches.prefetch 2 source).From 0 do
                    let first, second = make (), make ()
                    expectSame "twice" first second
            }
        ]

let private endTests =
    testList
        "ends and errors"
        [
            test "what a batch raises is raised in its step, with its own stack, after the batches before it" {
                let source = Batches.init 5 (fun n -> if n = 2 then failwith "no third" else n)
                let seen = List()

                let error =
                    raised<Exception>(fun () ->
                        for n in Batches.prefetch 3 source |> Batches.from 0 do
                            seen.Add n)

                Expect.equal error.Message "no third" "the very exception"
                Expect.stringContains (string error.StackTrace) "PrefetchTests" "where it was raised"
                Expect.equal (List.ofSeq seen) [ 0; 1 ] "after the first two"

                // Who goes on after it gets the others.
                let rest =
                    [
                        for make in (Batches.prefetch 3 source).From 0 do
                            try
                                make ()
                            with error when error.Message = "no third" ->
                                -1
                    ]

                Expect.equal rest [ 0; 1; -1; 3; 4 ] "the others"
            }

            test "what the source raises comes after the batches before it" {
                let source =
                    seq {
                        1
                        2
                        failwith "no more"
                    }

                let seen = List()

                let error =
                    raised<Exception>(fun () ->
                        Batches.ofSeq source |> Batches.prefetch 4 |> Batches.from 0 |> Seq.iter seen.Add)

                Expect.equal (error.Message, List.ofSeq seen) ("no more", [ 1; 2 ]) "two batches, then the error"
            }

            test "the thread ends with the walk: at the end, when it is left early, and after an error" {
                let leave (batches: Batches<int>) =
                    for n in Batches.from 0 batches do
                        if n = 5 then
                            raise (TimeoutException())

                let walks: (Batches<int> -> unit) list =
                    [
                        Batches.from 0 >> Seq.iter ignore
                        Batches.from 0 >> Seq.truncate 3 >> Seq.iter ignore
                        Batches.from 0 >> Seq.head >> ignore
                        fun batches -> raised<TimeoutException>(fun () -> leave batches) |> ignore
                    ]

                for walk in walks do
                    let made, threads = [| 0 |], ConcurrentDictionary()
                    watched 1000 made threads |> Batches.prefetch 2 |> walk
                    // Disposing of the walk waits for the thread.
                    Expect.equal threads.Count 1 "one thread"
                    Expect.all threads.Values (fun thread -> not thread.IsAlive) "it has ended"
            }

            test "a walk that is left early frees what was made ahead" {
                let tensors = ConcurrentQueue<Tensor>()

                let source =
                    Batches.init 100 (fun n ->
                        let x = Tensor.full [ 3 ] (float n)
                        tensors.Enqueue x
                        x)

                let first = Scope.run Seq.singleton (fun () -> Batches.prefetch 5 source |> Batches.from 0 |> Seq.head)

                Expect.sequenceEqual (Tensor.toDoubles first) [ 0.0; 0.0; 0.0 ] "the first lives on"
                Expect.isGreaterThan tensors.Count 0 "made"
                Expect.all tensors (fun x -> x.IsFreed || obj.ReferenceEquals(x, first)) "all others are freed"
            }

            test "a batch belongs to the step that uses it, with all that was made for it" {
                let mutable onTheWay = None

                let source =
                    Batches.init 1 (fun _ ->
                        let x = Tensor.ones [ 2 ]
                        onTheWay <- Some x
                        x + x)

                let mutable batch = None

                Scope.value (fun () ->
                    for x in Batches.prefetch 1 source |> Batches.from 0 do
                        Expect.sequenceEqual (Tensor.toDoubles x) [ 2.0; 2.0 ] "alive in its step"
                        Expect.isFalse onTheWay.Value.IsFreed "as is what it came from"
                        batch <- Some x)

                Expect.isTrue (batch.Value.IsFreed && onTheWay.Value.IsFreed) "freed with the step"
            }

            test "no batch ahead is refused" {
                expectError<ArgumentException> [ "at least one"; "0" ] (fun () ->
                    Batches.prefetch 0 (batches 1) |> ignore)
            }
        ]

let private stressTests =
    testList
        "stress"
        [
            test "beside a thread that allocates and collects: the same bits" {
                Expect.equal (fst (collecting 3 60)) (trained 3 60) "loss"
            }
        ]

let tests = testList "prefetch" [ orderTests; endTests; stressTests ]

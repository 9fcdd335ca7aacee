namespace Functional.FSharp

open Functional

/// Frees native memory exactly: whatever a scope made and does not give back is freed when it ends.
/// The library opens one around each step of training, sampling and evaluation; a user needs none for correctness.
/// A scope belongs to the thread that runs it: no await and no yield inside.
[<RequireQualifiedAccess>]
module Scope =

    /// Runs f and frees every tensor it made, except those that `held` finds in its result.
    let run (held: 'a -> seq<Tensor>) (f: unit -> 'a) : 'a =
        let frame = Frame.Open()

        try
            let result = f ()

            for tensor in held result do
                frame.Release tensor

            result
        finally
            frame.Close()

    /// Runs f and frees every tensor it made, except its result.
    let tensor (f: unit -> Tensor) : Tensor = run Seq.singleton f

    /// Runs f, whose result holds no tensor, and frees every tensor it made.
    let value (f: unit -> 'a) : 'a = run (fun _ -> Seq.empty) f

    /// Takes a tensor out of every scope: it lives as long as the program refers to it.
    let keep (tensor: Tensor) : Tensor =
        tensor.Raw |> ignore
        tensor.Owner <- null
        tensor.Declare()
        tensor

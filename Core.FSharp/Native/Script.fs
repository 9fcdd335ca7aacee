/// TorchScript fragments: the way to libtorch's operations that TorchSharp does not bind.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Script

open System
open System.Runtime.InteropServices
open TorchSharp

/// Compiles a fragment once, when it is first used.
let compile (source: string) = lazy (torch.jit.compile source)

/// Calls a function of a fragment. Arguments are tensors, arrays of tensors and floats; numbers go as explicit scalars,
/// because those that TorchSharp makes of them itself may be collected during the call.
let invoke (fragment: Lazy<torch.jit.CompilationUnit>) (name: string) (arguments: obj[]) : obj =
    let scalars = ResizeArray<Scalar>()

    let explicit =
        arguments
        |> Array.map (function
            | :? float as number ->
                let scalar = number.ToScalar()
                scalars.Add scalar
                box scalar
            | argument -> argument)

    try
        try
            fragment.Value.invoke (name, explicit)
        with :? ExternalException as error ->
            // The message of a fragment's failure ends with its cause; before it stand TorchScript's frames.
            let lines = error.Message.Split '\n' |> Array.map _.Trim()

            match lines |> Array.tryFindBack _.StartsWith("RuntimeError:") with
            | Some cause -> raise (ArgumentException $"{name}: {cause.Substring 13 |> _.Trim()}")
            | None -> Native.refuse name "these arguments" error
    finally
        for scalar in scalars do
            scalar.Dispose()

        for argument in arguments do
            match argument with
            | :? (torch.Tensor[]) as tensors ->
                for tensor in tensors do
                    GC.KeepAlive tensor
            | single -> GC.KeepAlive single

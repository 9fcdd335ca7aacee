/// Event files that TensorBoard reads, through TorchSharp's writer.
module internal Functional.FSharp.Events

open System
open TorchSharp

/// A new event file in a folder, which is made where it is missing; each number given is in the file when the call returns.
let scalars (folder: string) : int -> string -> float -> unit =
    let writer = torch.utils.tensorboard.SummaryWriter folder

    fun step name value ->
        writer.add_scalar (name, float32 value, step, Nullable(DateTimeOffset.UtcNow.ToUnixTimeSeconds()))

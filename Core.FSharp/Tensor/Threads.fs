namespace Functional.FSharp

open System

/// The threads that one operation is shared among. Sums of all of more than 32,768 numbers (`sum`, `mean`, `var`, `norm`,
/// `prod`, `logsumexp`, `dot`), products and decompositions of large matrices, the gradients of convolutions' weights and those of
/// normalisations are added up in an order that depends on their number: bits are the same for the same number.
[<RequireQualifiedAccess>]
module Threads =

    let private most = max 256 Environment.ProcessorCount

    /// How many there are: those that were set, else OMP_NUM_THREADS, else one for each core.
    let count () : int =
        Loader.ensure ()
        Native.threads ()

    /// From now on so many, at least 1, on whatever thread the library is called.
    let set (count: int) : unit =
        if count < 1 || count > most then
            raise (ArgumentOutOfRangeException(nameof count, $"the number of threads is from 1 to {most}, not {count}"))

        Loader.ensure ()
        Threading.Set count

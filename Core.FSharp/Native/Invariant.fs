namespace Functional.FSharp

open System
open System.Globalization

/// Numbers in messages and texts, written in one way whatever the culture.
[<AutoOpen>]
module internal Invariant =

    /// A number as text: -1.5, however the user's country writes it.
    let inline invariant (number: 'n :> IFormattable) : string = number.ToString(null, CultureInfo.InvariantCulture)

    /// A number as text in a format of .NET.
    let inline invariantAs (format: string) (number: 'n :> IFormattable) : string =
        number.ToString(format, CultureInfo.InvariantCulture)

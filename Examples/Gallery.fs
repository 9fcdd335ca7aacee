/// The systems of the gallery.
module Functional.Examples.Gallery

/// What runs when no system is named.
let main = LeNet.entry

/// All of them; a new one joins by a line.
let entries =
    [
        Softmax.entry
        Mlp.entry
        LeNet.entry
        Cbapd.entry
        Hopfield.entry
        HopfieldTank.entry
        DenseMemory.entry
        Dbn.entry
        Dbm.entry
        EnergyNet.entry
        EnergyDigits.entry
        BoltzmannMachine.entry
        RbmBars.entry
        RbmDigits.entry
        RbmFeatures.entry
    ]

/// The names, for messages.
let names = entries |> List.map _.Name |> String.concat ", "

/// The system of a name.
let tryFind (name: string) : Entry option = entries |> List.tryFind (fun entry -> entry.Name = name)

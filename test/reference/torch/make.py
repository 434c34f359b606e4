"""Writes the PyTorch files of this folder with PyTorch itself (1.13): python3 make.py
`expected.json` holds what each tensor must read as, taken from the tensors and not from the files."""
import collections, json, os, torch

HERE = os.path.dirname(os.path.abspath(__file__))
expected = {}


def note(name, groups):
    expected[name] = {
        group: {
            key: {"shape": list(t.shape), "dtype": str(t.dtype), "values": [float(v) for v in t.reshape(-1).to(torch.float64)]}
            for key, t in tensors.items()
        }
        for group, tensors in groups.items()
    }


def save(name, value, groups, **options):
    torch.save(value, os.path.join(HERE, name), **options)
    note(name, groups)


torch.manual_seed(7)
net = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.PReLU(3))
state = net.state_dict()  # an OrderedDict with _metadata
parallel = collections.OrderedDict(("module." + k, v) for k, v in state.items())
parallel._metadata = state._metadata
latent = torch.arange(12, dtype=torch.float32).reshape(3, 4) / 8
full = {
    "state_dict": parallel,
    "state_dict_ema": state,
    "latent_avg": latent,
    "opts": {"device": torch.device("cuda", 0), "lr": 1e-4, "names": ["a", "b"], "size": torch.Size([1, 2]), "flag": True, "none": None, "big": 2**40},
}
groups = {"state_dict": parallel, "state_dict_ema": state, "": {"latent_avg": latent}}
save("official-zip.pt", full, groups)
save("official-legacy.pt", full, groups, _use_new_zipfile_serialization=False)

base = torch.arange(24, dtype=torch.float32)
views = {
    "whole": base,
    "slice": base[4:10],
    "transposed": base.reshape(4, 6).t(),
    "strided": base.reshape(2, 3, 4)[:, ::2, 1:3],
    "expanded": base[:3].reshape(3, 1).expand(3, 5),
    "last": base[23],
    "empty": base[:0].reshape(0, 4),
    "channels_last": (torch.arange(48, dtype=torch.float32) * 0.5).reshape(2, 3, 2, 4).contiguous(memory_format=torch.channels_last),
}
save("views-zip.pt", views, {"": views})
save("views-legacy.pt", views, {"": views}, _use_new_zipfile_serialization=False)

kinds = {
    "f16": torch.tensor([0.5, -2.0, 65504.0], dtype=torch.float16),
    "bf16": torch.tensor([1.0, -3.0], dtype=torch.bfloat16),
    "f64": torch.tensor([0.1, 1e300], dtype=torch.float64),
    "i64": torch.tensor([[-(2**40), 3]], dtype=torch.int64),
    "i32": torch.tensor([-5, 2**31 - 1], dtype=torch.int32),
    "i16": torch.tensor([-300], dtype=torch.int16),
    "i8": torch.tensor([-128, 127], dtype=torch.int8),
    "u8": torch.tensor([0, 255], dtype=torch.uint8),
    "bool": torch.tensor([True, False, True]),
    "scalar": torch.tensor(4.25),
}
save("kinds-zip.pt", {"params_ema": kinds}, {"params_ema": kinds})
save("kinds-legacy.pt", {"params_ema": kinds}, {"params_ema": kinds}, _use_new_zipfile_serialization=False)
save("kinds-protocol4.pt", {"params_ema": kinds}, {"params_ema": kinds}, pickle_protocol=4)

optimiser = torch.optim.Adam(net.parameters(), lr=0.1)
net(torch.ones(1, 2, 4, 4)).sum().backward()
optimiser.step()
state = {k: v.clone() for k, v in net.state_dict().items()}
moments = optimiser.state_dict()["state"]
training = {"generator": state, "optimizer_generator": optimiser.state_dict(), "epoch": 3, "parameter": torch.nn.Parameter(torch.ones(2))}
save("training-zip.pt", training, {"generator": state, "": {"parameter": training["parameter"].detach()}, **{f"optimizer_generator/state/{i}": moments[i] for i in moments}})

vector = torch.linspace(-1, 1, 10).reshape(1, 2, 5)
save("bare-zip.pt", vector, {"": {"tensor": vector}})
save("bare-legacy.pt", vector, {"": {"tensor": vector}}, _use_new_zipfile_serialization=False)

json.dump(expected, open(os.path.join(HERE, "expected.json"), "w"), separators=(",", ":"))

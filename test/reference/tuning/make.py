"""Ten updates of personal tuning, written a second time with PyTorch (1.13) straight from the formulas: every region of a
masked layer is a convolution of its own, every loss computes the features of both of its pictures, and autograd and
torch.optim.Adam do the rest. Prints what `ten-updates.json` holds: python3 make.py > ten-updates.json

Weights, pictures and label maps are hashes of their names (`test/support/golden-tensors.ts`, `../rgi/full.json`)."""
import json, math, os, sys
import numpy as np
import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
RULES = json.load(open(os.path.join(HERE, "../rgi/full.json")))["tensors"]
SIZE, FRAMES, PASSES, RATE, RECOLOR_LAMBDA = 32, 2, 5, 1e-4, 5.0
REGIONS, ROWS, MAP = 12, 13, 512
OUTSIDE = (0, 4, 11)
torch.set_num_threads(2)


def units(name, count):
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = (seed + np.arange(count, dtype=np.uint64) * 0x9E3779B9) & 0xFFFFFFFF
    x ^= x >> np.uint64(16)
    x = (x * 0x7FEB352D) & 0xFFFFFFFF
    x ^= x >> np.uint64(15)
    x = (x * 0x846CA68B) & 0xFFFFFFFF
    x ^= x >> np.uint64(16)
    return x.astype(np.float64) / 2**32


def synthetic(name, shape, scale=1.0, offset=0.0):
    values = offset + scale * (2 * units(name, int(np.prod(shape))) - 1)
    return torch.from_numpy(values.astype(np.float32)).reshape(shape)


class Weights:
    """Tensors of one network, made when they are asked for."""

    def __init__(self, net, change=lambda key: None):
        self.net, self.change, self.made = net, change, {}

    def __call__(self, key, *shape):
        if key not in self.made:
            scale, offset = self.change(key) or RULES[self.net][key]
            self.made[key] = synthetic(f"{self.net}:{key}", shape, scale, offset)
        return self.made[key]


# Small residual branches: with large ones the identity features of synthetic weights are noise.
damped = lambda key: (0.05, 0.2) if key.startswith("body.") and key.endswith("res_layer.4.weight") else None
rgi, arc, unet, lpips = Weights("rgi"), Weights("arcface", damped), Weights("unet"), Weights("lpips")

# ---- the generator ------------------------------------------------------------------------------------------------

CHANNELS = {4: 512, 8: 512, 16: 512, 32: 512, 64: 512}
KERNEL = torch.tensor([1.0, 3.0, 3.0, 1.0])
KERNEL = KERNEL[:, None] * KERNEL[None, :] / 16


def equal_linear(prefix, x, outputs):
    inputs = x.shape[-1]
    return x @ (rgi(f"{prefix}.weight", outputs, inputs) / math.sqrt(inputs)).T + rgi(f"{prefix}.bias", outputs)


def blur(x, before, after):
    padded = F.pad(x, (before, after, before, after))
    channels = x.shape[1]
    return F.conv2d(padded, KERNEL.expand(channels, 1, 4, 4), groups=channels)


def upsample(image):
    n, c, h, w = image.shape
    wide = torch.zeros(n, c, 2 * h, 2 * w)
    wide[:, :, ::2, ::2] = image
    return blur(wide, 2, 1)


def modulated(prefix, x, style, outputs, kernel, demodulate, up):
    inputs = x.shape[1]
    weight = rgi(f"{prefix}.conv.weight", 1, outputs, inputs, kernel, kernel)[0] / math.sqrt(inputs * kernel * kernel)
    weight = weight * equal_linear(f"{prefix}.conv.modulation", style, inputs)[None, :, None, None]
    if demodulate:
        weight = weight * torch.rsqrt((weight**2).sum((1, 2, 3), keepdim=True) + 1e-8)
    if up:
        return blur(F.conv_transpose2d(x, weight.transpose(0, 1), stride=2), 1, 1)
    return F.conv2d(x, weight, padding=kernel // 2)


def by_region(prefix, x, codes, row, mask, outputs, kernel, demodulate, up):
    """Every region that is there runs the whole operation on the whole map; the others would add nothing."""
    there = [j for j in range(REGIONS) if mask[:, j].any()]
    parts = [modulated(prefix, x, codes[j, row], outputs, kernel, demodulate, up) * mask[:, j : j + 1] for j in there]
    return sum(parts)


def generate(vectors, one_hot):
    codes = []
    for j in range(REGIONS):
        inner = F.leaky_relu(equal_linear(f"MLPs.{j}.mlp.0", vectors[0, j], 512), 0.01)
        codes.append(equal_linear(f"MLPs.{j}.mlp.2", inner, ROWS * 512).reshape(ROWS, 512))
    codes = torch.stack(codes) + rgi("latent_avg", 18, 512)[:ROWS]
    at = lambda size: F.interpolate(one_hot, size=(size, size), mode="nearest")

    def styled(name, x, row, noise, outputs, up):
        size = x.shape[2] * (2 if up else 1)
        y = by_region(f"G.{name}", x, codes, row, at(size), outputs, 3, True, up)
        y = y + rgi(f"G.{name}.noise.weight", 1) * rgi(f"G.noises.noise_{noise}", 1, 1, size, size)
        return math.sqrt(2) * F.leaky_relu(y + rgi(f"G.{name}.activate.bias", outputs)[None, :, None, None], 0.2)

    def rgb(name, x, row):
        y = by_region(f"G.{name}", x, codes, row, at(x.shape[2]), 3, 1, False, False)
        return y + rgi(f"G.{name}.bias", 1, 3, 1, 1)

    x = styled("conv1", rgi("G.input.input", 1, 512, 4, 4), 0, 0, 512, False)
    image = rgb("to_rgb1", x, 1)
    size, index = 8, 0
    while size <= SIZE:
        x = styled(f"convs.{2 * index}", x, 2 * index + 1, 2 * index + 1, CHANNELS[size], True)
        x = styled(f"convs.{2 * index + 1}", x, 2 * index + 2, 2 * index + 2, CHANNELS[size], False)
        image = upsample(image) + rgb(f"to_rgbs.{index}", x, 2 * index + 3)
        size, index = size * 2, index + 1
    return image


# ---- the losses ---------------------------------------------------------------------------------------------------


def lpips_features(x):
    x = (x - torch.tensor([-0.030, -0.088, -0.188])[None, :, None, None]) / torch.tensor([0.458, 0.448, 0.450])[None, :, None, None]
    taps = []
    for key, inputs, width, kernel, stride, pad, pool in (
        (0, 3, 64, 11, 4, 2, False), (3, 64, 192, 5, 1, 2, True), (6, 192, 384, 3, 1, 1, True),
        (8, 384, 256, 3, 1, 1, False), (10, 256, 256, 3, 1, 1, False),
    ):
        if pool:
            x = F.max_pool2d(x, 3, 2)
        weight = lpips(f"net.layers.{key}.weight", width, inputs, kernel, kernel)
        x = F.relu(F.conv2d(x, weight, lpips(f"net.layers.{key}.bias", width), stride, pad))
        taps.append(x / (torch.sqrt((x**2).sum(1, keepdim=True) + 1e-16) + 1e-10))
    return taps


def lpips_distance(a, b):
    total = 0.0
    for tap, (f, g) in enumerate(zip(lpips_features(a), lpips_features(b))):
        total = total + F.conv2d((f - g) ** 2, lpips(f"lin.{tap}.1.weight", 1, f.shape[1], 1, 1)).mean()
    return total


def batch_norm(net, prefix, x):
    width = x.shape[1]
    names = ("running_mean", "running_var", "weight", "bias")
    return F.batch_norm(x, *(net(f"{prefix}.{name}", width) for name in names), eps=1e-5)


def arcface_features(image):
    x = F.adaptive_avg_pool2d(image, 256)[:, :, 35:223, 32:220]
    x = F.adaptive_avg_pool2d(x, 112)
    x = F.conv2d(x, arc("input_layer.0.weight", 64, 3, 3, 3), padding=1)
    x = F.prelu(batch_norm(arc, "input_layer.1", x), arc("input_layer.2.weight", 64))
    taps = []
    widths = [64] * 3 + [128] * 4 + [256] * 14 + [512] * 3
    for unit, width in enumerate(widths):
        inputs, stride = x.shape[1], 2 if unit in (0, 3, 7, 21) else 1
        p = f"body.{unit}"
        if inputs == width:
            shortcut = x[:, :, ::stride, ::stride]
        else:
            shortcut = F.conv2d(x, arc(f"{p}.shortcut_layer.0.weight", width, inputs, 1, 1), stride=stride)
            shortcut = batch_norm(arc, f"{p}.shortcut_layer.1", shortcut)
        y = batch_norm(arc, f"{p}.res_layer.0", x)
        y = F.prelu(F.conv2d(y, arc(f"{p}.res_layer.1.weight", width, inputs, 3, 3), padding=1), arc(f"{p}.res_layer.2.weight", width))
        y = F.conv2d(y, arc(f"{p}.res_layer.3.weight", width, width, 3, 3), stride=stride, padding=1)
        y = batch_norm(arc, f"{p}.res_layer.4", y)
        gate = F.relu(F.conv2d(y.mean((2, 3), keepdim=True), arc(f"{p}.res_layer.5.fc1.weight", width // 16, width, 1, 1)))
        y = y * torch.sigmoid(F.conv2d(gate, arc(f"{p}.res_layer.5.fc2.weight", width, width // 16, 1, 1)))
        x = y + shortcut
        if unit in (2, 6, 20, 23):
            taps.append(x.flatten(1))
    y = batch_norm(arc, "output_layer.0", x).flatten(1)
    y = F.linear(y, arc("output_layer.3.weight", 512, 25088), arc("output_layer.3.bias", 512))
    taps.append(batch_norm(arc, "output_layer.4", y))
    return taps


def parsing_features(image):
    x, taps = image, []
    for name, width in (("conv1", 16), ("conv2", 32), ("conv3", 64), ("conv4", 128), ("center", 256)):
        if taps:
            x = F.max_pool2d(x, 2)
        for conv in ("conv1", "conv2"):
            p = f"{name}.{conv}"
            x = F.conv2d(x, unet(f"{p}.0.weight", width, x.shape[1], 3, 3), unet(f"{p}.0.bias", width), padding=1)
            x = F.relu(batch_norm(unet, f"{p}.1", x))
        taps.append(x)
    return [tap.flatten(1) for tap in taps]


def cosine_distance(found, wanted):
    unit = lambda v: v / v.norm(dim=1, keepdim=True)
    return sum((1 - (unit(a) * unit(b.detach())).sum(1)).mean() for a, b in zip(found, wanted))


def reconstruction_loss(found, wanted):
    terms = {
        "mse": F.mse_loss(found, wanted),
        "lpips": lpips_distance(found, wanted),
        "id": cosine_distance(arcface_features(found), arcface_features(wanted)),
        "parsing": cosine_distance(parsing_features(found), parsing_features(wanted)),
    }
    terms["total"] = terms["mse"] + 0.8 * terms["lpips"] + 0.1 * terms["id"] + 0.1 * terms["parsing"]
    return terms


# ---- the frames and the updates -----------------------------------------------------------------------------------


def picture(name):
    low = synthetic(name, (1, 3, 8, 8)).repeat_interleave(SIZE // 8, 2).repeat_interleave(SIZE // 8, 3)
    return 0.8 * low + synthetic(f"{name}:hi", (1, 3, SIZE, SIZE), 0.1)


def frame(index):
    labels = np.floor(REGIONS * units(f"mask:{index}", 64)).astype(np.int64).reshape(8, 8)
    labels = torch.from_numpy(labels).repeat_interleave(MAP // 8, 0).repeat_interleave(MAP // 8, 1)
    face = torch.ones(MAP, MAP)
    for label in OUTSIDE:
        face[labels == label] = 0
    # A minimum filter of 7×7; outside the map is not face.
    eroded = 1 - F.max_pool2d(F.pad(1 - face[None, None], (3, 3, 3, 3), value=1.0), 7, 1)[0, 0]
    labels = torch.where(eroded > 0.5, labels, torch.zeros_like(labels))
    one_hot = F.one_hot(labels, REGIONS).permute(2, 0, 1)[None].float()
    inside = torch.ones(1, 1, MAP, MAP)
    for label in OUTSIDE:
        inside = inside * (labels != label).float()
    foreground = F.interpolate(inside, size=(SIZE, SIZE), mode="bilinear", align_corners=False)
    vectors = synthetic(f"vectors:{index}", (1, REGIONS, 1280), 0.3)
    return one_hot, foreground, vectors, picture(f"driven:{index}"), picture(f"recolored:{index}")


frames = [frame(index) for index in range(FRAMES)]
with torch.no_grad():
    generate(frames[0][2], frames[0][0])
tuned = [key for key in rgi.made if key.startswith("MLPs.") or (key.startswith("G.") and ".noises." not in key)]
for key in tuned:
    rgi.made[key].requires_grad_(True)
adam = torch.optim.Adam([rgi.made[key] for key in tuned], lr=RATE)
updates = []
for step in range(PASSES):
    for one_hot, foreground, vectors, driven, recolored in frames:
        found = generate(vectors, one_hot) * foreground
        towards = {name: reconstruction_loss(found, target * foreground) for name, target in (("driven", driven), ("recolored", recolored))}
        loss = towards["driven"]["total"] + RECOLOR_LAMBDA * towards["recolored"]["total"]
        adam.zero_grad()
        loss.backward()
        adam.step()
        row = {f"{name}.{term}": value.item() for name, terms in towards.items() for term, value in terms.items()}
        updates.append({"loss": loss.item(), **row})
        print(step, updates[-1], file=sys.stderr)
norms = {key: [rgi.made[key].detach().double().norm().item()] for key in ("G.input.input", "G.convs.3.conv.weight", "MLPs.6.mlp.2.weight", "MLPs.4.mlp.0.weight")}
meta = {"size": SIZE, "frames": FRAMES, "passes": PASSES, "learning_rate": RATE, "recolor_lambda": RECOLOR_LAMBDA, "torch": torch.__version__, "tuned": len(tuned)}
print(json.dumps({"meta": meta, "norms": norms, "updates": updates}, indent=1))

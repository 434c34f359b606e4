/**
 * The packs that the studio can use: which published file each comes from, what needs it, and under which terms its
 * authors share it. Terms are summaries for orientation, the authors' pages decide. A new pack is a new row.
 */
import type { WeightsId } from './manifests.ts';
import type { Spelling } from './select.ts';

/** Whether the weights may be used commercially, as far as their authors say. */
export type Commercial = 'yes' | 'no' | 'unknown';

export const FEATURES = {
  'rgi-swap': 'Face swap with the paper’s networks',
  reenactment: 'Driving the source face to the pose and expression of the target',
  recoloring: 'Adapting the source skin to the light of the target',
  inpainting: 'Filling the gaps that an exchange of shapes leaves',
  restoration: 'Sharpening what was filled',
  enhancement: 'Sharpening the driven face',
  upscaling: 'Enlarging the surroundings of the face',
  tuning: 'Personal tuning of the generator (PTI) and refinement of style vectors',
  training: 'Adversarial training terms',
} as const satisfies Record<string, string>;
export type FeatureId = keyof typeof FEATURES;

export interface CatalogueNetwork extends Spelling {
  readonly network: WeightsId;
  /** A file without this network is accepted. */
  readonly optional?: boolean;
}

export interface CatalogueFile {
  /** Where the file lies in the authors' own folder of weights; only for messages and for choosing between copies. */
  readonly name: string;
  readonly networks: readonly CatalogueNetwork[];
}

export interface CataloguePack {
  readonly title: string;
  readonly files: readonly CatalogueFile[];
  readonly features: readonly FeatureId[];
  /** The features work without it, in a lesser form. */
  readonly optional?: boolean;
  /** Optional, and of no use to its features without one of their other packs. */
  readonly helper?: boolean;
  readonly licence: string;
  readonly commercial: Commercial;
  /** Where the authors publish it. */
  readonly page: string;
}

const E4S_PAGE = 'https://github.com/e4s2024/E4S2024';
const RESEARCH_DATA = 'trained on CelebAMask-HQ, which is for non-commercial research';

export const PACKS = {
  rgi: {
    title: 'E4S: Regional GAN Inversion',
    files: [
      {
        name: 'E4S/iteration_300000.pt',
        networks: [
          { network: 'rgi', containers: ['state_dict', 'state_dict_ema', ''] },
          { network: 'discriminator', containers: ['D_state_dict'], optional: true },
        ],
      },
    ],
    features: ['rgi-swap', 'tuning'],
    licence: `Code MIT; weights ${RESEARCH_DATA}, from a generator under NVIDIA's non-commercial licence`,
    commercial: 'no',
    page: E4S_PAGE,
  },
  facevid2vid: {
    title: 'face-vid2vid: reenactment',
    files: [
      {
        name: 'faceVid2Vid/00000189-checkpoint.pth.tar',
        networks: [
          { network: 'facevid2vid-generator', containers: ['generator'] },
          { network: 'facevid2vid-kp-detector', containers: ['kp_detector'] },
          { network: 'facevid2vid-he-estimator', containers: ['he_estimator'] },
        ],
      },
    ],
    features: ['rgi-swap', 'reenactment'],
    licence: 'No licence stated; trained on VoxCeleb',
    commercial: 'unknown',
    page: 'https://github.com/zhanglonghao1992/One-Shot_Free-View_Neural_Talking_Head_Synthesis',
  },
  'face-parsing-bisenet': {
    title: 'BiSeNet: face parsing',
    files: [{ name: 'faceseg/79999_iter.pth', networks: [{ network: 'face-parsing-bisenet' }] }],
    features: ['rgi-swap'],
    licence: `Code MIT; weights ${RESEARCH_DATA}`,
    commercial: 'no',
    page: 'https://github.com/zllrunning/face-parsing.PyTorch',
  },
  'recolor-blender': {
    title: 'E4S: re-colouring network',
    files: [{ name: 'face_blender/latest_netG.pth', networks: [{ network: 'recolor-blender' }] }],
    features: ['rgi-swap', 'recoloring'],
    licence: 'Code MIT; no terms stated for the weights',
    commercial: 'unknown',
    page: E4S_PAGE,
  },
  'inpainting-gcfsr': {
    title: 'E4S: face inpainting network',
    files: [
      {
        name: 'inpainting/net_g_50000.pth',
        networks: [{ network: 'inpainting-gcfsr', containers: ['params_ema', 'params'] }],
      },
    ],
    features: ['inpainting'],
    optional: true,
    licence: 'Code MIT; no terms stated for the weights',
    commercial: 'unknown',
    page: E4S_PAGE,
  },
  'gpen-bfr-512': {
    title: 'GPEN: face restoration at 512',
    files: [{ name: 'GPEN/weights/GPEN-BFR-512.pth', networks: [{ network: 'gpen-bfr-512' }] }],
    features: ['enhancement'],
    optional: true,
    licence: 'Alibaba; academic and non-commercial use only',
    commercial: 'no',
    page: 'https://github.com/yangxy/GPEN',
  },
  'gpen-retinaface-r50': {
    title: 'RetinaFace (ResNet-50) as GPEN uses it',
    files: [{ name: 'GPEN/weights/RetinaFace-R50.pth', networks: [{ network: 'gpen-retinaface-r50' }] }],
    features: ['enhancement'],
    optional: true,
    helper: true,
    licence: 'Published with GPEN: academic and non-commercial use only',
    commercial: 'no',
    page: 'https://github.com/yangxy/GPEN',
  },
  'gpen-parsenet': {
    title: 'ParseNet as GPEN uses it',
    files: [{ name: 'GPEN/weights/ParseNet-latest.pth', networks: [{ network: 'gpen-parsenet' }] }],
    features: ['enhancement'],
    optional: true,
    helper: true,
    licence: 'Published with GPEN: academic and non-commercial use only',
    commercial: 'no',
    page: 'https://github.com/yangxy/GPEN',
  },
  'gpen-realesrnet-x4': {
    title: 'RealESRNet x4 as GPEN uses it',
    files: [
      {
        name: 'GPEN/weights/realesrnet_x4.pth',
        networks: [{ network: 'gpen-realesrnet-x4', containers: ['params_ema', 'params'] }],
      },
    ],
    features: ['upscaling'],
    optional: true,
    licence: 'Published with GPEN: academic and non-commercial use only',
    commercial: 'no',
    page: 'https://github.com/yangxy/GPEN',
  },
  codeformer: {
    title: 'CodeFormer: face restoration',
    files: [
      {
        name: 'codeformer/codeformer.pth',
        networks: [{ network: 'codeformer', containers: ['params_ema', 'params'] }],
      },
    ],
    features: ['restoration'],
    optional: true,
    licence: 'S-Lab License 1.0: non-commercial use only',
    commercial: 'no',
    page: 'https://github.com/sczhou/CodeFormer',
  },
  'realesrgan-x4plus': {
    title: 'Real-ESRGAN x4plus',
    files: [
      {
        name: 'codeformer/RealESRGAN_x4plus.pth',
        networks: [{ network: 'realesrgan-x4plus', containers: ['params_ema', 'params'] }],
      },
    ],
    features: ['upscaling'],
    optional: true,
    licence: 'BSD-3-Clause',
    commercial: 'yes',
    page: 'https://github.com/xinntao/Real-ESRGAN',
  },
  arcface: {
    title: 'ArcFace IR-SE50: identity loss',
    files: [{ name: 'pixel2style2pixel/model_ir_se50.pth', networks: [{ network: 'arcface' }] }],
    features: ['tuning'],
    licence: 'Code MIT; trained on face collections for research',
    commercial: 'unknown',
    page: 'https://github.com/TreB1eN/InsightFace_Pytorch',
  },
  'parsing-unet': {
    title: 'CelebAMask-HQ U-Net: parsing loss',
    files: [{ name: 'faceseg/model.pth', networks: [{ network: 'parsing-unet' }] }],
    features: ['tuning'],
    licence: `Weights ${RESEARCH_DATA}`,
    commercial: 'no',
    page: 'https://github.com/switchablenorms/CelebAMask-HQ',
  },
  'lpips-alex': {
    title: 'LPIPS (AlexNet): perceptual loss',
    files: [
      {
        name: 'alexnet-owt-7be5be79.pth',
        networks: [{ network: 'lpips-alex', renames: [['features.', 'net.layers.']], part: ['net.'] }],
      },
      {
        name: 'alex.pth',
        networks: [
          {
            network: 'lpips-alex',
            renames: [0, 1, 2, 3, 4].map((layer) => [`lin${layer}.model.`, `lin.${layer}.`] as const),
            part: ['lin.'],
          },
        ],
      },
    ],
    features: ['tuning'],
    licence: 'torchvision AlexNet BSD-3-Clause, trained on ImageNet; LPIPS v0.1 BSD-2-Clause',
    commercial: 'unknown',
    page: 'https://github.com/richzhang/PerceptualSimilarity',
  },
  'stylegan2-ffhq-1024': {
    title: 'StyleGAN2 at 1024, FFHQ',
    files: [
      {
        name: 'stylegan2-ffhq-config-f.pt',
        networks: [
          { network: 'stylegan2-ffhq-1024', containers: ['g_ema'] },
          { network: 'discriminator', containers: ['d'], optional: true },
        ],
      },
    ],
    features: ['training'],
    optional: true,
    licence: 'NVIDIA Source Code License: non-commercial use only',
    commercial: 'no',
    page: 'https://github.com/rosinality/stylegan2-pytorch',
  },
  'style-vgg16': {
    title: 'VGG16: style loss',
    files: [
      {
        name: 'vgg16-397923af.pth',
        networks: [{ network: 'style-vgg16', renames: [['features.', 'vgg16_act.features.']] }],
      },
    ],
    features: ['training'],
    optional: true,
    licence: 'torchvision BSD-3-Clause, trained on ImageNet',
    commercial: 'unknown',
    page: 'https://pytorch.org/vision/stable/models/vgg.html',
  },
} as const satisfies Record<string, CataloguePack>;

export type PackId = keyof typeof PACKS;
export const PACK_IDS = Object.keys(PACKS) as readonly PackId[];
export const isPackId = (id: string): id is PackId => Object.hasOwn(PACKS, id);
export const packOf = (id: PackId): CataloguePack => PACKS[id];

/** Files that come with the official weights and that the studio does without, by name. */
export const UNNEEDED_FILES: ReadonlyMap<string, string> = new Map([
  ['shape_predictor_68_face_landmarks.dat', 'the studio finds landmarks with its own models'],
  ['vox-256.yaml', 'its numbers are part of the studio'],
  ['model_weights.zip', 'nothing uses the head pose package'],
  ['003_realSR_BSRGAN_DFO_s64w8_SwinIR-M_x4_GAN.pth', 'nothing uses SwinIR'],
]);

package io.github.tfkfac.tools.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Data, network and length of a detector's training; read by {@link GivenOptions}. */
public final class DetectorOptions {

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description =
          "Data set of COCO's format, as COCO has it (annotations/instances_train.json with train/,"
              + " the same for val) or CVAT, Roboflow or Label Studio write it; default: images of"
              + " shapes that the program draws.")
  @Nullable String data;

  @Option(
      names = "--annotations",
      paramLabel = "FILE",
      description = "Instances file to train on, in place of --data.")
  @Nullable String annotations;

  @Option(
      names = "--images",
      paramLabel = "FOLDER",
      description = "Folder of the images of --annotations; default: the file's.")
  @Nullable String images;

  @Option(
      names = "--val-annotations",
      paramLabel = "FILE",
      description = "Instances file to evaluate on; default: that of --annotations.")
  @Nullable String valAnnotations;

  @Option(
      names = "--val-images",
      paramLabel = "FOLDER",
      description = "Folder of the images of --val-annotations; default: the file's.")
  @Nullable String valImages;

  @Option(
      names = "--ids",
      paramLabel = "ID[,ID...]",
      description = "Train on the images of these ids, of either part, and evaluate on them too.")
  @Nullable String ids;

  @Option(
      names = "--detector",
      paramLabel = "NAME",
      description =
          "small (ResNet-18 with GroupNorm, from scratch, for images of about 128 pixels), or the"
              + " published recipe with the backbone resnet18, resnet34, resnet50 or resnet101;"
              + " default small.")
  @Nullable String detector;

  @Option(
      names = "--masks",
      negatable = true,
      fallbackValue = "true",
      description = "Learn masks too: Mask R-CNN; default no.")
  @Nullable Boolean masks;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "Conventions of mmdetection or torchvision; default mmdetection.")
  @Nullable String profile;

  @Option(
      names = "--norm-eps",
      paramLabel = "EPSILON",
      description =
          "Added to the variance by the backbone's fixed batch normalization; default 1e-5, but 0"
              + " with --profile torchvision and its detectors' weights COCO_V1 for --weights.")
  @Nullable Double normEpsilon;

  @Option(
      names = "--short-side",
      paramLabel = "PIXELS",
      description = "Shorter side of the network's images at most; default 800 (small: 128).")
  @Nullable Integer shortSide;

  @Option(
      names = "--long-side",
      paramLabel = "PIXELS",
      description = "Longer side at most; default 1333 (small: twice the shorter).")
  @Nullable Integer longSide;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "Weights of a torchvision ResNet, or of a torchvision detector, as .npz to start from; a"
              + " detector's last layers too if its classes fit.")
  @Nullable String weights;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps; default 87960, twelve epochs of COCO (small: 400).")
  @Nullable Long steps;

  @Option(names = "--batch", paramLabel = "N", description = "Images per step; default 2.")
  @Nullable Integer batch;

  @Option(
      names = "--rate-batch",
      paramLabel = "N",
      description =
          "Images per step that --lr is stated for; it is scaled to --batch; default 16 (small: the"
              + " same as --batch).")
  @Nullable Integer rateBatch;

  @Option(
      names = "--drops",
      paramLabel = "PART[,PART...]",
      description =
          "Parts of the run after which the learning rate falls to a tenth; default 0.6667,0.9167"
              + " (small: 0.8).")
  @Nullable String drops;

  @Option(
      names = "--fc6",
      paramLabel = "KIND",
      description =
          "Factor of the box head's first dense layer: full, blocks (one per row of a region) or"
              + " plain (none); default blocks.")
  @Nullable String firstDense;

  @Option(
      names = "--levels",
      paramLabel = "KIND",
      description =
          "The pyramid's levels in the factors of the proposal head: pooled, or sequential (an"
              + " update of the averages for each); default pooled.")
  @Nullable String levels;

  @Option(
      names = "--mirror",
      negatable = true,
      fallbackValue = "true",
      description = "Mirror every second training image; default yes.")
  @Nullable Boolean mirror;

  @Option(
      names = "--skip-bad-images",
      negatable = true,
      fallbackValue = "true",
      description =
          "Go on without images that cannot be read, naming each, instead of ending at the first;"
              + " an evaluated one counts as one in which nothing was found; default no.")
  @Nullable Boolean skipBadImages;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      description = "Seed of initial values, order, mirroring and samples; default 1.")
  @Nullable Long seed;

  @Option(
      names = "--eval-every",
      paramLabel = "STEPS",
      description =
          "Steps between two evaluations, 0 for one at the end; default 7330 (small: 200).")
  @Nullable Long evaluationSteps;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "STEPS",
      description =
          "Steps between two checkpoints, 0 for one at the end; default 7330 (small: 200).")
  @Nullable Long checkpointSteps;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads of TensorFlow; default 0, one per core. With 1, runs repeat to the bit.")
  @Nullable Integer threads;
}

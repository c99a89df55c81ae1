package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Segmentation;
import io.github.tfkfac.models.data.RgbImage;
import java.util.List;

/** Prepares samples of a data set; the result depends on the image and the epoch alone. */
public final class SamplePreparer {

  private final DetectionDataset data;
  private final Preparation preparation;

  /** A preparer of the images of a data set. */
  public SamplePreparer(DetectionDataset data, Preparation preparation) {
    this.data = data;
    this.preparation = preparation;
  }

  /**
   * Decodes, mirrors, scales and resizes an image, in this order, and transforms its annotations
   * alike.
   *
   * @throws io.github.tfkfac.models.data.DataException if the image cannot be read
   */
  public DetectionSample prepare(int number, int epoch) {
    CocoImage image = data.image(number);
    boolean mirrored = preparation.mirror().mirrors(epoch, image.id());
    RgbImage decoded = data.picture(number);
    RgbImage picture = mirrored ? decoded.mirrored() : decoded;
    float[] scaled = new float[picture.pixels().length];
    preparation.scaling().scale(picture.pixels(), picture.shape(), scaled);
    ImageSize original = new ImageSize(image.height(), image.width());
    ImageSize size = preparation.resize().sizeOf(original);
    PreparedImage source = new PreparedImage(image, size, mirrored);
    List<Annotation> objects = data.objects(number);
    List<Box> boxes = objects.stream().map(object -> box(object, source)).toList();
    List<Integer> labels =
        objects.stream().map(object -> data.categories().indexOf(object.categoryId())).toList();
    List<Bitmap> masks =
        preparation.masks() == Masks.NONE
            ? List.of()
            : objects.stream().map(object -> mask(object, source)).toList();
    float[] pixels = Bilinear.resize(scaled, original, size, picture.shape().channels());
    return new DetectionSample(source, pixels, boxes, labels, masks);
  }

  private static Box box(Annotation object, PreparedImage source) {
    int width = source.image().width();
    Box box = source.mirrored() ? object.box().mirrored(width) : object.box();
    return box.clipped(width, source.image().height())
        .scaled(source.horizontalScale(), source.verticalScale());
  }

  private static Bitmap mask(Annotation object, PreparedImage source) {
    int width = source.image().width();
    Segmentation written = object.segmentation().orElseThrow();
    Segmentation shown = source.mirrored() ? written.mirrored(width) : written;
    return Bitmap.of(shown.mask(source.image().height(), width)).resized(source.size());
  }
}

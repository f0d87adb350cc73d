// The functions of FFmpeg that are called, each opening its library where that is not open yet.
#include "include/shim.h"
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

// One library of the version whose headers we are compiled with.
struct library {
  const char *name;
  void *handle;
};

static struct library avutil = {"libavutil.so." AV_STRINGIFY(LIBAVUTIL_VERSION_MAJOR), NULL};
static struct library swscale = {"libswscale.so." AV_STRINGIFY(LIBSWSCALE_VERSION_MAJOR), NULL};
static struct library avcodec = {"libavcodec.so." AV_STRINGIFY(LIBAVCODEC_VERSION_MAJOR), NULL};
static struct library avformat = {"libavformat.so." AV_STRINGIFY(LIBAVFORMAT_VERSION_MAJOR), NULL};

// Returns the handle of `library`, NULL where it cannot be opened. Two threads at a time are given the same one.
static void *opened(struct library *library) {
  void *handle = __atomic_load_n(&library->handle, __ATOMIC_ACQUIRE);
  if (handle) return handle;
  handle = dlopen(library->name, RTLD_LAZY | RTLD_LOCAL);
  __atomic_store_n(&library->handle, handle, __ATOMIC_RELEASE);
  return handle;
}

const char *stream_open_codecs(void) {
  return opened(&avutil) && opened(&swscale) && opened(&avcodec) ? NULL : dlerror();
}

const char *stream_open_containers(void) {
  const char *failure = stream_open_codecs();
  return failure || opened(&avformat) ? failure : dlerror();
}

// Returns the function `name`. Where it is missing the program ends, as one that is linked with the library does.
static void *found(struct library *library, const char *name) {
  void *handle = opened(library), *function = handle ? dlsym(handle, name) : NULL;
  if (function) return function;
  dprintf(STDERR_FILENO, "stream: %s\n", dlerror());
  _exit(127);
}

// Defines `name` with the parameters that FFmpeg's own header says; another result or parameter does not compile. It is
// hidden, so that FFmpeg's libraries find each other's functions and not ours.
#define CALL(library, result, name, parameters, arguments)                    \
  __attribute__((visibility("hidden"))) result name parameters {              \
    static __typeof__(&name) known;                                           \
    __typeof__(&name) function = __atomic_load_n(&known, __ATOMIC_RELAXED);   \
    if (!function) {                                                          \
      function = (__typeof__(&name))found(&library, #name);                   \
      __atomic_store_n(&known, function, __ATOMIC_RELAXED);                   \
    }                                                                         \
    return function arguments;                                                \
  }

CALL(avutil, AVBufferRef *, av_buffer_pool_get, (AVBufferPool *pool), (pool))
CALL(avutil, AVBufferPool *, av_buffer_pool_init, (size_t size, AVBufferRef *(*alloc)(size_t size)), (size, alloc))
CALL(avutil, void, av_buffer_pool_uninit, (AVBufferPool **pool), (pool))
CALL(avutil, AVRational, av_d2q, (double d, int max), (d, max))
CALL(avutil, void, av_dict_free, (AVDictionary **m), (m))
CALL(avutil, AVDictionaryEntry *, av_dict_get,
     (const AVDictionary *m, const char *key, const AVDictionaryEntry *prev, int flags), (m, key, prev, flags))
CALL(avutil, int, av_dict_set,
     (AVDictionary **pm, const char *key, const char *value, int flags), (pm, key, value, flags))
CALL(avutil, AVFrame *, av_frame_alloc, (void), ())
CALL(avutil, void, av_frame_free, (AVFrame **frame), (frame))
CALL(avutil, AVFrameSideData *, av_frame_get_side_data,
     (const AVFrame *frame, enum AVFrameSideDataType type), (frame, type))
CALL(avutil, void, av_frame_unref, (AVFrame *frame), (frame))
CALL(avutil, void, av_free, (void *ptr), (ptr))
CALL(avutil, const char *, av_get_pix_fmt_name, (enum AVPixelFormat pix_fmt), (pix_fmt))
CALL(avutil, void, av_image_copy_plane,
     (uint8_t *dst, int dst_linesize, const uint8_t *src, int src_linesize, int bytewidth, int height),
     (dst, dst_linesize, src, src_linesize, bytewidth, height))
CALL(avutil, int, av_image_fill_arrays,
     (uint8_t *dst_data[4], int dst_linesize[4], const uint8_t *src, enum AVPixelFormat pix_fmt, int width,
      int height, int align),
     (dst_data, dst_linesize, src, pix_fmt, width, height, align))
CALL(avutil, int, av_image_get_buffer_size,
     (enum AVPixelFormat pix_fmt, int width, int height, int align), (pix_fmt, width, height, align))
CALL(avutil, void, av_log_set_callback, (void (*callback)(void *, int, const char *, va_list)), (callback))
CALL(avutil, void *, av_malloc, (size_t size), (size))
CALL(avutil, int, av_opt_set,
     (void *obj, const char *name, const char *val, int search_flags), (obj, name, val, search_flags))
CALL(avutil, const AVPixFmtDescriptor *, av_pix_fmt_desc_get, (enum AVPixelFormat pix_fmt), (pix_fmt))
CALL(avutil, struct AVSHA *, av_sha_alloc, (void), ())
CALL(avutil, void, av_sha_final, (struct AVSHA *context, uint8_t *digest), (context, digest))
CALL(avutil, int, av_sha_init, (struct AVSHA *context, int bits), (context, bits))
CALL(avutil, void, av_sha_update, (struct AVSHA *ctx, const uint8_t *data, size_t len), (ctx, data, len))
CALL(avutil, int, av_strerror, (int errnum, char *errbuf, size_t errbuf_size), (errnum, errbuf, errbuf_size))

CALL(swscale, void, sws_freeContext, (struct SwsContext *swsContext), (swsContext))
CALL(swscale, const int *, sws_getCoefficients, (int colorspace), (colorspace))
CALL(swscale, struct SwsContext *, sws_getContext,
     (int srcW, int srcH, enum AVPixelFormat srcFormat, int dstW, int dstH, enum AVPixelFormat dstFormat, int flags,
      SwsFilter *srcFilter, SwsFilter *dstFilter, const double *param),
     (srcW, srcH, srcFormat, dstW, dstH, dstFormat, flags, srcFilter, dstFilter, param))
CALL(swscale, int, sws_isSupportedInput, (enum AVPixelFormat pix_fmt), (pix_fmt))
CALL(swscale, int, sws_scale,
     (struct SwsContext *c, const uint8_t *const srcSlice[], const int srcStride[], int srcSliceY, int srcSliceH,
      uint8_t *const dst[], const int dstStride[]), (c, srcSlice, srcStride, srcSliceY, srcSliceH, dst, dstStride))
CALL(swscale, int, sws_setColorspaceDetails,
     (struct SwsContext *c, const int inv_table[4], int srcRange, const int table[4], int dstRange, int brightness,
      int contrast, int saturation), (c, inv_table, srcRange, table, dstRange, brightness, contrast, saturation))

CALL(avcodec, int, av_new_packet, (AVPacket *pkt, int size), (pkt, size))
CALL(avcodec, AVPacket *, av_packet_alloc, (void), ())
CALL(avcodec, void, av_packet_free, (AVPacket **pkt), (pkt))
CALL(avcodec, void, av_packet_move_ref, (AVPacket *dst, AVPacket *src), (dst, src))
#if LIBAVCODEC_VERSION_MAJOR >= 61
CALL(avcodec, const AVPacketSideData *, av_packet_side_data_get,
     (const AVPacketSideData *sd, int nb_sd, enum AVPacketSideDataType type), (sd, nb_sd, type))
#endif
CALL(avcodec, void, av_packet_rescale_ts, (AVPacket *pkt, AVRational tb_src, AVRational tb_dst), (pkt, tb_src, tb_dst))
CALL(avcodec, void, av_packet_unref, (AVPacket *pkt), (pkt))
CALL(avcodec, AVCodecContext *, avcodec_alloc_context3, (const AVCodec *codec), (codec))
CALL(avcodec, const AVCodecDescriptor *, avcodec_descriptor_get, (enum AVCodecID id), (id))
CALL(avcodec, const AVCodec *, avcodec_find_decoder, (enum AVCodecID id), (id))
CALL(avcodec, const AVCodec *, avcodec_find_encoder, (enum AVCodecID id), (id))
CALL(avcodec, const AVCodec *, avcodec_find_encoder_by_name, (const char *name), (name))
CALL(avcodec, void, avcodec_flush_buffers, (AVCodecContext *avctx), (avctx))
CALL(avcodec, void, avcodec_free_context, (AVCodecContext **avctx), (avctx))
CALL(avcodec, const AVClass *, avcodec_get_class, (void), ())
CALL(avcodec, const char *, avcodec_get_name, (enum AVCodecID id), (id))
CALL(avcodec, int, avcodec_open2,
     (AVCodecContext *avctx, const AVCodec *codec, AVDictionary **options), (avctx, codec, options))
CALL(avcodec, int, avcodec_parameters_from_context, (AVCodecParameters *par, const AVCodecContext *codec), (par, codec))
CALL(avcodec, int, avcodec_parameters_to_context, (AVCodecContext *codec, const AVCodecParameters *par), (codec, par))
CALL(avcodec, int, avcodec_receive_frame, (AVCodecContext *avctx, AVFrame *frame), (avctx, frame))
CALL(avcodec, int, avcodec_receive_packet, (AVCodecContext *avctx, AVPacket *avpkt), (avctx, avpkt))
CALL(avcodec, int, avcodec_send_frame, (AVCodecContext *avctx, const AVFrame *frame), (avctx, frame))
CALL(avcodec, int, avcodec_send_packet, (AVCodecContext *avctx, const AVPacket *avpkt), (avctx, avpkt))
CALL(avcodec, unsigned, avcodec_version, (void), ())

CALL(avformat, int, av_find_best_stream,
     (AVFormatContext *ic, enum AVMediaType type, int wanted_stream_nb, int related_stream,
      const AVCodec **decoder_ret, int flags),
     (ic, type, wanted_stream_nb, related_stream, decoder_ret, flags))
CALL(avformat, const AVInputFormat *, av_find_input_format, (const char *short_name), (short_name))
CALL(avformat, AVRational, av_guess_sample_aspect_ratio,
     (AVFormatContext *format, AVStream *stream, AVFrame *frame), (format, stream, frame))
CALL(avformat, int, av_interleaved_write_frame, (AVFormatContext *s, AVPacket *pkt), (s, pkt))
CALL(avformat, int, av_read_frame, (AVFormatContext *s, AVPacket *pkt), (s, pkt))
#if LIBAVCODEC_VERSION_MAJOR < 61
CALL(avformat, uint8_t *, av_stream_get_side_data,
     (const AVStream *stream, enum AVPacketSideDataType type, size_t *size), (stream, type, size))
#endif
CALL(avformat, int, av_write_trailer, (AVFormatContext *s), (s))
CALL(avformat, AVFormatContext *, avformat_alloc_context, (void), ())
CALL(avformat, int, avformat_alloc_output_context2,
     (AVFormatContext **ctx, const AVOutputFormat *oformat, const char *format_name, const char *filename),
     (ctx, oformat, format_name, filename))
CALL(avformat, void, avformat_close_input, (AVFormatContext **s), (s))
CALL(avformat, int, avformat_find_stream_info, (AVFormatContext *ic, AVDictionary **options), (ic, options))
CALL(avformat, void, avformat_free_context, (AVFormatContext *s), (s))
CALL(avformat, AVStream *, avformat_new_stream, (AVFormatContext *s, const AVCodec *c), (s, c))
CALL(avformat, int, avformat_open_input,
     (AVFormatContext **ps, const char *url, const AVInputFormat *fmt, AVDictionary **options),
     (ps, url, fmt, options))
CALL(avformat, unsigned, avformat_version, (void), ())
CALL(avformat, int, avformat_write_header, (AVFormatContext *s, AVDictionary **options), (s, options))
#if LIBAVFORMAT_VERSION_MAJOR >= 61
#define WRITTEN const uint8_t
#else
#define WRITTEN uint8_t
#endif
CALL(avformat, AVIOContext *, avio_alloc_context,
     (unsigned char *buffer, int buffer_size, int write_flag, void *opaque,
      int (*read_packet)(void *opaque, uint8_t *buf, int buf_size),
      int (*write_packet)(void *opaque, WRITTEN *buf, int buf_size),
      int64_t (*seek)(void *opaque, int64_t offset, int whence)),
     (buffer, buffer_size, write_flag, opaque, read_packet, write_packet, seek))
CALL(avformat, void, avio_context_free, (AVIOContext **s), (s))
CALL(avformat, void, avio_flush, (AVIOContext *s), (s))
CALL(avformat, int, avio_read_partial, (AVIOContext *s, unsigned char *buf, int size), (s, buf, size))
CALL(avformat, int64_t, avio_seek, (AVIOContext *s, int64_t offset, int whence), (s, offset, whence))
CALL(avformat, int64_t, avio_size, (AVIOContext *s), (s))
CALL(avformat, void, avio_write, (AVIOContext *s, const unsigned char *buf, int size), (s, buf, size))
